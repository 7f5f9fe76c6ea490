package session

import "testing"

// datagram is what fits an MTU of 1400 over IPv4.
const datagram = 1372

func BenchmarkSeal(b *testing.B) {
	for _, mode := range modes {
		b.Run(mode.name, func(b *testing.B) {
			ours, _ := pair(b, mode.key)
			packet := make([]byte, datagram)
			b.SetBytes(datagram)
			b.ReportAllocs()
			for b.Loop() {
				ours.Seal(packet[:datagram-Tag])
			}
		})
	}
}

// BenchmarkOpen opens packets that were sealed before, 64 at a time as they come from the kernel.
func BenchmarkOpen(b *testing.B) {
	for _, mode := range modes {
		b.Run(mode.name, func(b *testing.B) {
			ours, theirs := pair(b, mode.key)
			var packets [64][]byte
			room := make([]byte, len(packets)*datagram)
			b.SetBytes(datagram)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				if n%len(packets) == 0 {
					b.StopTimer()
					for i := range packets {
						at := room[i*datagram : (i+1)*datagram]
						packets[i] = ours.Seal(at[:datagram-Tag])
					}
					b.StartTimer()
				}
				if _, err := theirs.Open(packets[n%len(packets)]); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
}

// BenchmarkSealOpen is both in turn, without a timer that stops.
func BenchmarkSealOpen(b *testing.B) {
	ours, theirs := pair(b, testKey(7))
	packet := make([]byte, datagram)
	b.SetBytes(datagram)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := theirs.Open(ours.Seal(packet[:datagram-Tag])); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStranger is what an initiation with another secret costs the end that listens.
func BenchmarkStranger(b *testing.B) {
	_, packet, err := Initiate(testKey(8), nil)
	must(b, err)
	r := NewResponder(testKey(7))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(packet); err != ErrForged {
			b.Fatal(err)
		}
	}
}

// BenchmarkReplay is what an initiation costs that came before.
func BenchmarkReplay(b *testing.B) {
	_, packet, err := Initiate(testKey(7), nil)
	must(b, err)
	r := NewResponder(testKey(7))
	_, err = r.Read(packet)
	must(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(packet); err != ErrReplay {
			b.Fatal(err)
		}
	}
}

// BenchmarkStrangeGroup is what a packet of a group session costs that nobody began.
func BenchmarkStrangeGroup(b *testing.B) {
	packet := seal(newGroupSender(testKey(8), 1, 0), string(make([]byte, datagram-Header-Tag)))
	g := NewGroupReceiver(testKey(7))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := g.Open(packet); err != ErrForged {
			b.Fatal(err)
		}
	}
}

// BenchmarkHandshake is all of it, both ends.
func BenchmarkHandshake(b *testing.B) {
	key := testKey(7)
	r := NewResponder(key)
	b.ReportAllocs()
	for b.Loop() {
		i, packet, err := Initiate(key, nil)
		must(b, err)
		q, err := r.Read(packet)
		must(b, err)
		_, packet, err = q.Accept(nil)
		must(b, err)
		_, _, err = i.Finish(packet)
		must(b, err)
	}
}
