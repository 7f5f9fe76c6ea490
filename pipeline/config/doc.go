// Package config reads the YAML files that say what Framewire does, and writes the documentation of what
// they may say.
//
// A file becomes chains in these steps, each in a file of its own:
//
//  1. The text is parsed to a tree that knows every position (parse.go, tree.go). Aliases and merges are
//     expanded within limits (expand.go).
//  2. The --set overrides change the tree (override.go).
//  3. The tree is split into pipelines and nodes (load.go, chain.go, plugin.go), and each node's mapping is
//     decoded into its plugin's config struct (decode.go, scalar.go); ${NAME} is replaced in each scalar on
//     the way (env.go).
//  4. The struct's Validate method is asked (validate.go).
//
// Every step collects faults instead of stopping at the first one (fault.go), with file, line, column and
// a hint (hint.go). Nothing but the config files themselves is opened.
//
// The documentation comes from the same structs: Describe gives the fields, from which the list texts,
// the plugin manual and the JSON Schema are made. What a plugin does with its config does not live here.
package config
