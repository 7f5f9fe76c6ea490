package main

// benchCase is a Go benchmark that is counted. few and many are the numbers of operations of the two runs whose
// difference cancels the start-up; many is enough for some ten million instructions.
type benchCase struct {
	name      string // as the table and the recorded figures have it
	pkg       string // folder from the repository's root
	bench     string // for -test.bench: it has to match exactly one
	skip      string // for -test.skip
	few, many int
	chance    int64 // allocations that goroutines which race each other may add to one operation
	native    bool  // needs the build with native libraries
}

// cases are the hot paths, in the order of a frame's way. Network cases are both ends in one process over
// loopback, without the kernel's share, which callgrind does not see.
var cases = []benchCase{
	{name: "test pattern, 1080p", pkg: "sources/testpattern", bench: "^BenchmarkRead$/^1920x1080$", few: 2, many: 22},
	{name: "JPEG clip, a frame passed on", pkg: "sources/file", bench: "^BenchmarkPassthrough$/^avi$", few: 10, many: 2010},
	{name: "engine: source, encoder, sink", pkg: "pipeline", bench: "^BenchmarkChain$", few: 200, many: 5200},
	{name: "engine: frame from the pool", pkg: "pipeline", bench: "^BenchmarkPool$", few: 200, many: 50200},
	{name: "encode JPEG 1080p from I420", pkg: "codecs/jpeg", bench: "^BenchmarkEncode$/^i420$", few: 1, many: 9, native: true},
	{name: "decode JPEG 1080p to I420", pkg: "codecs/jpeg", bench: "^BenchmarkDecode$/^i420$", few: 1, many: 9, native: true},
	{name: "wire: write a frame's header", pkg: "transports/wire", bench: "^BenchmarkAppendFrame$", few: 1000, many: 51000},
	{name: "wire: read and check 200 KB", pkg: "transports/wire", bench: "^BenchmarkReader$", few: 50, many: 550},
	{name: "TCP, JPEG 200 KB", pkg: "transports/tcp", bench: "^BenchmarkLoopback$/^jpeg200KB$", skip: "././secured", few: 10, many: 60, chance: 2},
	{name: "TCP, JPEG 200 KB, encrypted", pkg: "transports/tcp", bench: "^BenchmarkLoopback$/^jpeg200KB$/^secured$", few: 5, many: 35, chance: 2},
	{name: "TCP, photo 100 KB confirmed", pkg: "transports/tcp", bench: "^BenchmarkPhotos$/^100KB$", few: 5, many: 55, chance: 2},
	{name: "UDP: split 150 KB", pkg: "transports/datagram", bench: "^BenchmarkSplit$/^150KB$/^parity_0%$", few: 10, many: 110},
	{name: "UDP: split 150 KB, 20% parity", pkg: "transports/datagram", bench: "^BenchmarkSplit$/^150KB$/^parity_20%$", few: 5, many: 35},
	{name: "UDP: reassemble 150 KB", pkg: "transports/datagram", bench: "^BenchmarkReassemble$/^150KB$/^0_lost$", few: 10, many: 110},
	{name: "UDP: seal and open a datagram", pkg: "transports/session", bench: "^BenchmarkSealOpen$", few: 100, many: 10100},
	{name: "UDP, JPEG 200 KB", pkg: "transports/udp", bench: "^BenchmarkLoopback$/^jpeg200KB$/^clear$", few: 5, many: 105, chance: 2},
	{name: "record a frame, mkv", pkg: "sinks/internal/mux", bench: "^BenchmarkWrite$/^mkv$", few: 100, many: 5100},
}
