// Package pipelinetest holds the conformance suites: what every source, filter, codec, sink and transport
// must do, whoever wrote it. A plugin's own test calls the suite of its kind:
//
//	func TestConformance(t *testing.T) {
//		pipelinetest.Source(t, pipelinetest.SourceCase{
//			Spec:      Spec(),
//			Configure: func(t *testing.T, cfg any) { cfg.(*Config).Path = "testdata/clip.avi" },
//			Frames:    30,
//		})
//	}
//
// A suite is a list of rules, and each rule a subtest whose name says it. Every rule makes the plugin
// anew, with a config of its own, and in this frame:
//
//  1. The pool is poisoned, so that who looks at a frame after its last Release reads rubbish.
//  2. Calls into the plugin are bounded in time, and a panic of the plugin is a failure of the rule.
//  3. When the rule is through and its cleanups have run, the pool must have all its frames back and no
//     goroutine may be left.
//
// The third point means that a suite must not run beside other tests: leave out t.Parallel.
//
// In a build that lacks the plugin only its description is checked. RequireSuites names the plugins of a
// program whose packages call no suite. What only one plugin does is tested beside that plugin, not here.
package pipelinetest
