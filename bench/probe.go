package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// probe prints how the disk and the processor do at this moment: the median and
// the slowest of 40 writes of 8 kB with fsync, and how much one core hashes.
// A figure taken beside a bad probe is worth nothing and is taken again.
func (b *bench) probe() {
	name := filepath.Join(b.dir, "probe")
	f, err := os.Create(name)
	if err != nil {
		fmt.Println("   probe:", err)
		return
	}
	defer os.Remove(name)
	defer f.Close()
	page := make([]byte, 8192)
	var took []time.Duration
	for i := range 40 {
		at := time.Now()
		if _, err := f.WriteAt(page, int64(i)*8192); err != nil {
			fmt.Println("   probe:", err)
			return
		}
		if err := f.Sync(); err != nil {
			fmt.Println("   probe:", err)
			return
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	at, n := time.Now(), 0
	for time.Since(at) < 50*time.Millisecond {
		for range 64 {
			sum := sha256.Sum256(page)
			page[0] = sum[0]
			n++
		}
	}
	fmt.Printf("   probe: fsync p50 %.2f ms, max %.1f ms; cpu %.0f MB/s\n", ms(took[20]), ms(took[39]),
		float64(n)*8192/1e6/time.Since(at).Seconds())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
