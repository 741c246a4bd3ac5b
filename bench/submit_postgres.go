package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// pgBench runs the recorded statements in PostgreSQL's own load generator: one
// pipeline per act, prepared, all arguments sent.
type pgBench struct {
	url    string
	script string
	vars   []string
	runs   int
}

func newPGBench(b *bench, c *city, acts ...[]statement) (*pgBench, error) {
	p := &pgBench{url: c.url, script: filepath.Join(b.dir, "acts.pgbench")}
	return p, os.WriteFile(p.script, []byte(p.write(acts)), 0o600)
}

func (p *pgBench) name() string { return "pgbench, pipelined" }
func (p *pgBench) close() error { return nil }

// keysEach is how many keys one submission or one life of a case may use.
const keysEach = 256

// write makes the script. A client counts its rounds in n, whose value stays
// with the client from one to the next.
func (p *pgBench) write(acts [][]statement) string {
	var head, body strings.Builder
	fmt.Fprintf(&head, "\\set n :n + 1\n\\set one (:start + :n) * %d + :client_id\n\\set base :one * %d\n", clients, keysEach)
	seen := map[any]bool{}
	for at, act := range acts {
		body.WriteString("\\startpipeline\nBEGIN ISOLATION LEVEL READ COMMITTED;\n")
		for i, s := range act {
			for j := len(s.args); j > 0; j-- { // $12 before $1
				s.sql = strings.ReplaceAll(s.sql, fmt.Sprintf("$%d", j), fmt.Sprintf("{%d}", j))
			}
			for j, a := range s.args {
				word, set := p.word(fmt.Sprintf("v%d_%d_%d", at, i, j), a)
				if set != "" && !seen[a] {
					head.WriteString(set)
					seen[a] = true
				}
				s.sql = strings.ReplaceAll(s.sql, fmt.Sprintf("{%d}", j+1), word)
			}
			fmt.Fprintf(&body, "%s;\n", strings.Join(strings.Fields(s.sql), " "))
		}
		body.WriteString("COMMIT;\n\\endpipeline\n")
	}
	return head.String() + body.String()
}

// word is what stands for an argument in the script, and the line that makes
// its value where that is new every time. Constants become variables by name.
func (p *pgBench) word(name string, a any) (word, set string) {
	word = ":" + name
	switch v := a.(type) {
	case nil:
		return "NULL", ""
	case bool:
		return strconv.FormatBool(v), ""
	case int64:
		p.vars = append(p.vars, "-D", name+"="+strconv.FormatInt(v, 10))
	case string:
		if v == "" { // pgbench has no empty variables
			return "''", ""
		}
		p.vars = append(p.vars, "-D", name+"="+v)
	case []byte:
		if len(v) == 0 {
			return `CAST('\x' AS BYTEA)`, ""
		}
		p.vars = append(p.vars, "-D", name+`=\x`+hex.EncodeToString(v))
	case file:
		return fmt.Sprintf(":f%d", v), fmt.Sprintf("\\set f%d %d + :client_id * %d + (:n * 3 + %d) %% %d\n", v, firstFile, filesEach, v, filesEach)
	case text:
		word = fmt.Sprintf("lpad(CAST(CAST(:one AS BIGINT) AS TEXT), %d, '0')", v.width)
		if v.prefix != "" {
			p.vars = append(p.vars, "-D", name+"="+v.prefix)
			word = "(CAST(:" + name + " AS TEXT) || " + word + ")"
		}
	case key:
		return fmt.Sprintf(":k%d", v), fmt.Sprintf("\\set k%d :base + %d\n", v, v)
	}
	return word, ""
}

var reTPS = regexp.MustCompile(`tps = ([0-9.]+)`)

func (p *pgBench) run(ctx context.Context, b *bench, _ int) (float64, error) {
	p.runs++
	args := append([]string{"-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2", "-T", strconv.Itoa(max(1, int(b.run.Seconds()))),
		"-f", p.script, "-D", "n=0", "-D", "start=" + strconv.Itoa(p.runs*1_000_000)}, p.vars...)
	cmd := exec.CommandContext(ctx, filepath.Join(b.pgbin, "pgbench"), append(args, p.url)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("pgbench: %w\n%s", err, tail(errs.String()))
	}
	m := reTPS.FindStringSubmatch(out.String())
	if m == nil || strings.Contains(errs.String(), "ERROR") {
		return 0, fmt.Errorf("pgbench:\n%s\n%s", out.String(), tail(errs.String()))
	}
	return strconv.ParseFloat(m[1], 64)
}

func tail(s string) string { return s[max(0, len(s)-2000):] }
