package command

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tongban/tongban/test/axe"
)

// archived exports the archives of the demonstration and gives their files.
func archived(t *testing.T, data string) []string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "archives")
	r := run(t, "case", "archive", "--to", dir, "--data", data)
	if r.code != 0 || !strings.Contains(r.errOut, "archives exported") {
		t.Fatalf("%+v", r)
	}
	list, err := filepath.Glob(filepath.Join(dir, "*.zip"))
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	return list
}

// richest is the archive with the most in it.
func richest(t *testing.T, list []string) string {
	t.Helper()
	best, size := "", int64(0)
	for _, f := range list {
		st, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if st.Size() > size {
			best, size = f, st.Size()
		}
	}
	return best
}

func unzip(t *testing.T, file, to string) {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(to, filepath.FromSlash(f.Name)), string(b))
	}
}

// TestArchive: the package of a real case is checked by the command, without
// the platform's data, and its limits can be reckoned again.
func TestArchive(t *testing.T) {
	data := demo(t)
	list := archived(t, data)
	pkg := richest(t, list)
	keys := filepath.Join(t.TempDir(), "keys.txt")
	write(t, keys, succeeds(t, "audit", "keys", "--data", data))
	for _, f := range list {
		out := succeeds(t, "case", "verify", f, "--key", keys)
		if !strings.Contains(out, "The package is sound.") || strings.Contains(out, "open ") {
			t.Errorf("%s:\n%s", f, out)
		}
	}
	if out := succeeds(t, "case", "verify", pkg); !strings.Contains(out, "the key is the package's own") {
		t.Errorf("without a key:\n%s", out)
	}
	zh := runIn(t, chinese, "case", "verify", pkg, "--key", keys)
	if zh.code != 0 || !strings.Contains(zh.out, "档案完好。") || !strings.Contains(zh.out, "期限：重新计算") {
		t.Errorf("%+v", zh)
	}
	if out := succeeds(t, "clock", "prove", pkg); !strings.Contains(out, "proven: ") || !strings.Contains(out, "ends: ") {
		t.Errorf("clock prove:\n%s", out)
	}
	again := archived(t, data)
	a, err := os.ReadFile(pkg)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(richest(t, again))
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("exported again it has other bytes: %v", err)
	}
	// One bit of a stored file.
	i := bytes.Index(a, []byte("tongban-case-archive/1"))
	a[i+3] ^= 1
	broken := filepath.Join(t.TempDir(), "broken.zip")
	write(t, broken, string(a))
	fails(t, []string{"Not proven"}, "case", "verify", broken)
	fails(t, []string{"neither"}, "clock", "prove", keys)
	fails(t, []string{"no sound archive package"}, "case", "verify", keys)
	fails(t, []string{"no such unit"}, "case", "archive", "--to", t.TempDir(), "--data", data, "--unit", "nobody")
	fails(t, []string{"from: Write it like"}, "case", "archive", "--to", t.TempDir(), "--data", data, "--from", "yesterday")
	stream := run(t, "case", "archive", "--to", "-", "--data", data)
	z, err := zip.NewReader(strings.NewReader(stream.out), int64(len(stream.out)))
	if err != nil || len(z.File) != len(list) {
		t.Errorf("as a stream: %v", err)
	}
	if r := run(t, "case", "archive", "--to", t.TempDir(), "--data", data, "--until", "2001-01-01"); r.code != 0 || !strings.Contains(r.errOut, "0 archives") {
		t.Errorf("%+v", r)
	}
}

// TestClockProve: a proof is reckoned again; one with another date is refused,
// and so is one that invents a holiday.
func TestClockProve(t *testing.T) {
	dir := t.TempDir()
	unzip(t, richest(t, archived(t, demo(t))), dir)
	proofs, err := filepath.Glob(filepath.Join(dir, "clocks", "*.json"))
	if err != nil || len(proofs) == 0 {
		t.Fatal(proofs, err)
	}
	text, err := os.ReadFile(proofs[0])
	if err != nil {
		t.Fatal(err)
	}
	if out := succeeds(t, "clock", "prove", proofs[0]); !strings.HasPrefix(out, "proven: ") {
		t.Errorf("%s", out)
	}
	var p map[string]any
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	p["result"].(map[string]any)["due"] = "2031-01-01"
	forged, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "forged.json")
	write(t, file, string(forged))
	r := run(t, "clock", "prove", file)
	if r.code != 1 || !strings.Contains(r.out, "result/due: says 2031-01-01") {
		t.Errorf("%+v", r)
	}
	zh := runIn(t, chinese, "clock", "prove", file)
	if zh.code != 1 || !strings.Contains(zh.out, "写的是 2031-01-01，重新计算应为") || !strings.Contains(zh.errOut, "未能证明") {
		t.Errorf("%+v", zh)
	}
}

// TestArchivePage: the page in the package checks it with a script of its own,
// from a file, and finds what was changed.
func TestArchivePage(t *testing.T) {
	pkg := richest(t, archived(t, demo(t)))
	dir := t.TempDir()
	unzip(t, pkg, dir)
	ctx, stop := context.WithTimeout(axe.Browser(t), 5*time.Minute)
	defer stop()
	text := func(expression string) string {
		t.Helper()
		out, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	await := func(expression string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); text(`String(`+expression+`)`) != "true"; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s never holds:\n%s", expression, text(`document.body.innerText`))
			}
		}
	}
	look := func(folder string) (verdict, state, all string) {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.Navigate("about:blank"), chromedp.Navigate("file://"+folder+"/index.html")); err != nil {
			t.Fatal(err)
		}
		await(`"checked" in document.body.dataset`)
		return text(`document.getElementById("verdict").textContent`), text(`document.body.dataset.checked`), text(`document.body.innerText`)
	}
	choose := func(file string) (all string) {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.SetUploadFiles("#zip", []string{file})); err != nil {
			t.Fatal(err)
		}
		await(`document.getElementById("status").textContent === "校验完毕"`)
		return text(`document.body.innerText`)
	}
	verdict, state, all := look(dir)
	if state != "proven" || verdict != "目前没有发现不符" || !strings.Contains(all, "期限：重新计算") || strings.Contains(all, "≠") {
		t.Fatalf("%s: %s\n%s", state, verdict, all)
	}
	// On a phone nothing sticks out at the side.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844)); err != nil {
		t.Fatal(err)
	}
	if wide := text(`document.querySelectorAll("details").forEach(e => e.open = true), JSON.stringify([...document.querySelectorAll("*")].filter(e => !e.closest(".scroll") && e.getBoundingClientRect().right > 390.5).map(e => e.outerHTML.slice(0, 120)))`); wide != "[]" || text(`String(document.documentElement.scrollWidth <= 390)`) != "true" {
		t.Errorf("wider than 390 px: %s", wide)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)); err != nil {
		t.Fatal(err)
	}
	if all = choose(pkg); !strings.Contains(all, "已验证文件完整") || strings.Contains(all, "档案有不符之处") {
		t.Errorf("the package itself:\n%s", all)
	}
	// One bit of a material, the CRC left as it was: the hash tells.
	b, err := os.ReadFile(pkg)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b, []byte("%PDF-"))
	if i < 0 {
		i = bytes.Index(b, []byte("（印章）"))
	}
	b[i+2] ^= 1
	broken := filepath.Join(t.TempDir(), "broken.zip")
	write(t, broken, string(b))
	look(dir)
	if all = choose(broken); !strings.Contains(all, "被改动") || !strings.Contains(all, "档案有不符之处") {
		t.Errorf("a changed package:\n%s", all)
	}
	// What the page itself reckons: a limit with another last day, a record with another act.
	data, err := os.ReadFile(filepath.Join(dir, "data.js"))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(string) string{
		"a day": func(s string) string { return strings.Replace(s, `"why": "counts"`, `"why": "off"`, 1) },
		"last day": func(s string) string {
			i := strings.Index(s, `"state": "done"`)
			j := i + strings.Index(s[i:], `"due": "2`) + len(`"due": "2`)
			return s[:j] + "1" + s[j+1:]
		},
		"a record": func(s string) string {
			return strings.Replace(s, `\"act\":\"case.submit\"`, `\"act\":\"case.refuse\"`, 1)
		},
		"checkpoint": func(s string) string { return strings.Replace(s, `"position": `, `"position": 1`, 1) },
	} {
		changed := change(string(data))
		if changed == string(data) {
			t.Errorf("%s: nothing to change", name)
			continue
		}
		write(t, filepath.Join(dir, "data.js"), changed)
		if verdict, state, _ := look(dir); state != "wrong" || verdict != "档案有不符之处" {
			t.Errorf("%s: %s, %s", name, state, verdict)
		}
	}
}
