package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// weather is how the machine does at one moment: the median and the slowest of
// 40 writes of 8 kB with fsync, and how much one core hashes in a second.
type weather struct {
	fsync, slowest time.Duration
	cpu            float64 // MB
}

// mostRepeats bounds how many turns are taken again in one invocation.
const mostRepeats = 12

// fairly takes a turn between two probes. A turn beside a bad probe is taken
// again, as long as there are repeats left; what it measured is kept by calling
// keep. After the last repeat it counts as it is, and the result says so.
func (b *bench) fairly(turn func() (keep func(), err error)) error {
	for {
		before, err := b.probe()
		if err != nil {
			return err
		}
		keep, err := turn()
		if err != nil {
			return err
		}
		after, err := b.probe()
		if err != nil {
			return err
		}
		good := b.good(before) && b.good(after)
		fmt.Printf("   probe: fsync %.2f %.2f ms (slowest %.0f), cpu %.0f %.0f MB/s", ms(before.fsync), ms(after.fsync), ms(max(before.slowest, after.slowest)), before.cpu, after.cpu)
		if good || b.repeats >= mostRepeats {
			if !good {
				b.foul++
				fmt.Print(": bad, and no repeat left")
			}
			fmt.Println()
			keep()
			return nil
		}
		b.repeats++
		fmt.Println(": bad, once more")
	}
}

// good compares with the best that this machine has shown.
func (b *bench) good(w weather) bool {
	return w.cpu >= 0.6*b.best.cpu && w.fsync <= 4*b.best.fsync
}

// probe looks at the machine and remembers the best.
func (b *bench) probe() (w weather, err error) {
	f, err := os.Create(filepath.Join(b.dir, "probe"))
	if err != nil {
		return w, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page := make([]byte, 8192)
	var took []time.Duration
	for i := range 40 {
		at := time.Now()
		if _, err = f.WriteAt(page, int64(i)*8192); err == nil {
			err = f.Sync()
		}
		if err != nil {
			return w, err
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	at, n := time.Now(), 0
	for time.Since(at) < 80*time.Millisecond {
		for range 64 {
			sum := sha256.Sum256(page)
			page[0] = sum[0]
			n++
		}
	}
	w = weather{took[20], took[39], float64(n) * 8192 / 1e6 / time.Since(at).Seconds()}
	b.best.cpu = max(b.best.cpu, w.cpu)
	if b.best.fsync == 0 || w.fsync < b.best.fsync {
		b.best.fsync = w.fsync
	}
	return w, nil
}

// look probes a few times at the start, so that there is something to compare with.
func (b *bench) look() error {
	for range 8 {
		if _, err := b.probe(); err != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	fmt.Printf("at its best: fsync of 8 kB %.2f ms, cpu %.0f MB/s\n", ms(b.best.fsync), b.best.cpu)
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
