package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// guideRate is how many guide pages a second the server has to give.
const guideRate = 2000

// guides asks the running program for guide pages at a stated rate, whether or
// not the earlier ones are answered: what the server's own cache gives.
func (b *bench) guides(ctx context.Context) error {
	return b.onEach(ctx, b.guidesOn)
}

func (b *bench) guidesOn(ctx context.Context, engine string) error {
	return b.running(ctx, engine, "guide", 20, func(s *server) error { return b.guidesWith(ctx, engine, s) })
}

func (b *bench) guidesWith(ctx context.Context, engine string, s *server) error {
	codes, err := s.items(ctx)
	if err != nil {
		return err
	}
	requests := make([][]byte, len(codes))
	for i, code := range codes {
		requests[i] = fmt.Appendf(nil, "GET /items/%s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n\r\n", code, s.addr)
	}
	wires := make(chan *wire, clients)
	for range clients {
		w, err := dial(s.addr)
		if err != nil {
			return err
		}
		defer w.close()
		wires <- w
	}
	turn := func(d time.Duration) (*kind, float64, error) {
		k := &kind{name: "guide", rate: guideRate * 1.1, do: func(_ context.Context, i int) error {
			w := <-wires
			defer func() { wires <- w }()
			return w.ask(requests[i%len(requests)])
		}}
		at := time.Now()
		err := open(ctx, clients, d, k)
		return k, float64(len(k.got.took)) / time.Since(at).Seconds(), err
	}
	if _, _, err := turn(b.run / 2); err != nil { // draws every page once
		return err
	}
	var best float64
	var quick least
	for range b.rounds {
		err := b.fairly(func() (func(), error) {
			k, rate, err := turn(b.run)
			fmt.Printf("   %s %.0f pages/s%s\n", engine, rate, show(k))
			return func() { best = max(best, rate); quick.take(k) }, err
		})
		if err != nil {
			return err
		}
	}
	b.judge(engine+": guide pages a second", best, true, guideRate, "")
	b.judge(engine+": guide page at that rate, p99", quick.p99, false, 30, "ms")
	return nil
}

// wire is one kept connection. The load generator shares the processor with the
// server, so it reads answers and does not take them apart.
type wire struct {
	c net.Conn
	r *bufio.Reader
}

func dial(addr string) (*wire, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &wire{c, bufio.NewReaderSize(c, 64<<10)}, nil
}

func (w *wire) close() { _ = w.c.Close() } // the turn is over

// ask sends a request and reads the whole answer, which has to be 200.
func (w *wire) ask(request []byte) error {
	if _, err := w.c.Write(request); err != nil {
		return err
	}
	first, err := w.r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(first, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("answered %q", first)
	}
	n := -1
	for {
		line, err := w.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if n, err = strconv.Atoi(string(v)); err != nil {
				return err
			}
		}
	}
	if n <= 0 {
		return errors.New("an answer without a length")
	}
	_, err = io.CopyN(io.Discard, w.r, int64(n))
	return err
}
