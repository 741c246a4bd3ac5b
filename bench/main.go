package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bench is one invocation.
type bench struct {
	dir      string // scratch folder
	pg       string // URL of a PostgreSQL superuser
	pgbin    string // folder of pgbench
	rounds   int
	run      time.Duration // of one run
	cases    int           // the large number
	small    int           // the small number
	due      int           // cases that a sweep finds due
	archives int           // cases whose archives are exported
	engines  []string
	binary   string // the program, once it is built
	verdict  []string
	missed   int
	best     weather // that the machine has shown
	repeats  int     // turns taken again
	foul     int     // turns that counted beside a bad probe
}

func main() {
	b := &bench{pg: os.Getenv("TONGBAN_TEST_PG"), pgbin: os.Getenv("TONGBAN_TEST_PGBIN")}
	only := flag.String("only", "submit,life,million,sweep,mixed,search,guide,publish,import,archive,start", "which `parts`")
	engines := flag.String("engine", "sqlite,postgres", "which `engines`")
	dir := flag.String("dir", "", "scratch `folder`; default a temporary one")
	flag.IntVar(&b.rounds, "rounds", 5, "interleaved runs of each kind")
	flag.DurationVar(&b.run, "run", 2*time.Second, "how long one run lasts")
	flag.IntVar(&b.cases, "cases", 1_000_000, "size of the large database")
	flag.IntVar(&b.small, "small", 10_000, "size of the small database")
	flag.IntVar(&b.archives, "archives", 2_000, "closed cases whose archives are exported")
	flag.IntVar(&b.due, "due", 10_000, "cases that reach their limit at once")
	profile := flag.String("cpuprofile", "", "write a processor profile of this process to a `file`")
	flag.Parse()
	b.engines = strings.Split(*engines, ",")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	end, err := profiled(*profile)
	if err == nil {
		err = errors.Join(b.all(ctx, *dir, strings.Split(*only, ",")), end())
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	if b.missed > 0 {
		os.Exit(1)
	}
}

// profiled begins a profile if a file is named, and gives how to end it.
func profiled(name string) (end func() error, err error) {
	if name == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, pprof.StartCPUProfile(f)
}

// all runs the parts that were asked for, in their order.
func (b *bench) all(ctx context.Context, dir string, only []string) (err error) {
	if b.pg == "" && slices.Contains(b.engines, "postgres") {
		return fmt.Errorf("TONGBAN_TEST_PG is not set; run: make bench")
	}
	if b.dir, err = os.MkdirTemp(dir, "tongban-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	fmt.Printf("%s %s/%s, %d cores, %s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().UTC().Format("2006-01-02 15:04 UTC"))
	if err := b.look(); err != nil {
		return err
	}
	began := time.Now()
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{"submit", b.submit}, {"life", b.lives}, {"million", b.million}, {"sweep", b.sweep}, {"mixed", b.mixed}, {"search", b.search}, {"guide", b.guides}, {"publish", b.publish}, {"import", b.imports}, {"archive", b.archive}, {"start", b.start}} {
		if !slices.Contains(only, part.name) {
			continue
		}
		at := time.Now()
		fmt.Printf("\n== %s\n", part.name)
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Printf("   (%s took %v)\n", part.name, time.Since(at).Round(time.Second))
	}
	fmt.Printf("\n== result, after %v\n%s\n", time.Since(began).Round(time.Second), strings.Join(b.verdict, "\n"))
	if b.foul > 0 {
		fmt.Printf("%d turns counted beside a bad probe: take these figures again on a quieter machine\n", b.foul)
	}
	return nil
}

// judge notes whether a promise is kept: value against limit, at least or at most.
func (b *bench) judge(what string, value float64, atLeast bool, limit float64, unit string) {
	word, sign := "kept  ", "≤"
	if atLeast {
		sign = "≥"
	}
	if atLeast && value < limit || !atLeast && value > limit {
		word = "MISSED"
		b.missed++
	}
	b.verdict = append(b.verdict, fmt.Sprintf("%s  %-58s %8.2f%s   (%s %g%s)", word, what, value, unit, sign, limit, unit))
}

// onEach takes a part on every engine.
func (b *bench) onEach(ctx context.Context, part func(ctx context.Context, engine string) error) error {
	for _, engine := range b.engines {
		if err := part(ctx, engine); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	return nil
}
