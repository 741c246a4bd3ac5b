package casework

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/archive"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/identity"
)

// eventful is a closed case with a correction, a special procedure and an
// extension, so that its package holds one of everything.
func (c *city) eventful() string {
	c.t.Helper()
	k := c.advanceTo(food, Correcting, catalog.PickUp)
	c.clk.Add(26 * time.Hour)
	d, err := c.OpenCorrection(c.t.Context(), c.boss(), k.No)
	c.must(err)
	_, err = c.AttachFile(c.t.Context(), c.boss(), d.ID, "m02", c.file(), "图 2#%.pdf")
	c.must(err)
	k, err = c.Submit(c.t.Context(), c.boss(), d.ID, SubmitInput{})
	c.must(err)
	c.clk.Add(time.Hour)
	c.do(c.staff("clerk"), k.No, Accept, Input{})
	c.clk.Add(24 * time.Hour)
	c.do(c.staff("rev"), k.No, Suspend, Input{Kind: "expert", Days: 10, Reason: "需要专家评审", Experts: "丁专家"})
	c.clk.Add(9 * 24 * time.Hour)
	c.do(c.staff("rev"), k.No, Resume, Input{Reason: "评审通过"})
	c.do(c.staff("dec"), k.No, Extend, Input{Days: 10, Reason: "情况复杂"})
	c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "符合要求，同意"})
	c.do(c.staff("dec"), k.No, Decide, Input{Grant: true, Opinion: "准予"})
	c.clk.Add(time.Hour)
	c.do(c.staff("clerk"), k.No, HandOver, Input{Recipient: "张明远"})
	c.drain()
	return k.No
}

func (c *city) packed(a actor.Actor, no string) []byte {
	c.t.Helper()
	x, err := c.Archive(c.t.Context(), a, no)
	c.must(err)
	var b bytes.Buffer
	c.must(x.Write(&b))
	return b.Bytes()
}

func (c *city) verified(pkg []byte) archive.Report {
	c.t.Helper()
	known, err := calendar.Shipped()
	c.must(err)
	r, err := archive.Verify(bytes.NewReader(pkg), int64(len(pkg)), archive.Options{Known: known, Keys: c.Trust.Keys})
	c.must(err)
	return r
}

func entry(t *testing.T, pkg []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pkg), int64(len(pkg)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestArchive: the package of a case proves itself, is the same each time, and
// says to each reader what he may see.
func TestArchive(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		no := c.eventful()
		if _, err := c.Archive(t.Context(), c.boss(), no); !errors.Is(err, audit.ErrNotSealed) {
			t.Fatalf("before the log is sealed: %v", err)
		}
		c.sealLog()
		mine := c.packed(c.boss(), no)
		r := c.verified(mine)
		if !r.Sound() || len(r.Clocks) < 5 || len(r.Checks) < 7 {
			t.Fatalf("%+v", r)
		}
		for _, k := range r.Checks {
			if k.Verdict != archive.Proven {
				t.Errorf("%+v", k)
			}
		}
		// Another day, more in the log, a new calendar: the same bytes.
		c.clk.Add(40 * 24 * time.Hour)
		c.submit(card, catalog.Electronic)
		_, err := c.Calendar.Import(t.Context(), actor.Platform(), "2027", calendar.Notice{Year: 2027, Source: "演示", Off: []clock.NamedDay{{Date: clock.DateFrom(2027, 1, 1), Name: "元旦"}}})
		c.must(err)
		c.sealLog()
		if again := c.packed(c.boss(), no); !bytes.Equal(again, mine) {
			t.Error("the same case in the same state gives other bytes")
		}
		// The applicant does not read what the offices say to each other; who decides does.
		office := c.packed(c.staff("dec"), no)
		if !c.verified(office).Sound() {
			t.Error("the office's package")
		}
		for name, text := range map[string]string{"case.json": entry(t, mine, "case.json"), "log.json": entry(t, mine, "log.json")} {
			if strings.Contains(text, "符合要求") || strings.Contains(text, "王审查") || strings.Contains(text, `case.review\"`) {
				t.Errorf("the applicant's %s says what the reviewer said", name)
			}
		}
		if text := entry(t, office, "case.json"); !strings.Contains(text, "符合要求") || !strings.Contains(text, "王审查") {
			t.Error("the office's package lacks the opinion")
		}
		if text := entry(t, c.packed(c.staff("sup"), no), "case.json"); strings.Contains(text, "13800000001") || !strings.Contains(text, `"masked": true`) {
			t.Error("a supervisor reads the answers in clear")
		}
		if !strings.Contains(entry(t, mine, "case.json"), "13800000001") {
			t.Error("the applicant's own answers are missing")
		}
		// Each that was handed out is in the log; the clerk and strangers get none.
		if n := c.count(`SELECT count(*) FROM audit_record WHERE subject = $1 AND act = 'case.archive' AND outcome = 'done'`, "case/"+no); n != 4 {
			t.Errorf("%d downloads recorded", n)
		}
		for who, want := range map[string]error{"clerk": identity.ErrForbidden, "rev": identity.ErrForbidden, "lxdec": ErrNoCase, "sys": ErrNoCase} {
			if _, err := c.Archive(t.Context(), c.staff(who), no); !errors.Is(err, want) {
				t.Errorf("%s: %v", who, err)
			}
		}
		if _, err := c.Archive(t.Context(), c.person("wang"), no); !errors.Is(err, ErrNoCase) {
			t.Errorf("a stranger: %v", err)
		}
		open := c.submit(food, catalog.PickUp)
		if _, err := c.Archive(t.Context(), c.boss(), open.No); !errors.Is(err, ErrNotClosed) {
			t.Errorf("an open case: %v", err)
		}
	})
}

// TestArchive_changed: any change of any file of a package is found.
func TestArchive_changed(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		no := c.eventful()
		c.sealLog()
		pkg := c.packed(c.boss(), no)
		z, err := zip.NewReader(bytes.NewReader(pkg), int64(len(pkg)))
		c.must(err)
		known, err := calendar.Shipped()
		c.must(err)
		tried := 0
		for _, f := range z.File {
			at, err := f.DataOffset()
			c.must(err)
			size := int64(f.UncompressedSize64)
			step := max(1, size/12)
			for i := int64(0); i < size; i += step {
				changed := slices.Clone(pkg)
				changed[at+i] ^= 1 << (i % 8)
				tried++
				if r, err := archive.Verify(bytes.NewReader(changed), int64(len(changed)), archive.Options{Known: known, Keys: c.Trust.Keys}); err == nil && r.Sound() {
					t.Fatalf("%s: byte %d changed and nobody sees it", f.Name, i)
				}
			}
		}
		if tried < 200 {
			t.Errorf("only %d bytes tried", tried)
		}
		// Sealed by somebody else who did everything right.
		stranger, err := keys().Note("other.tongban")
		c.must(err)
		trust := c.Trust
		c.Trust = ArchiveTrust{Signer: stranger.Signers[0], Keys: stranger.Texts, Origin: "other.tongban"}
		forged := c.packed(c.boss(), no)
		c.Trust = trust
		if r := c.verified(forged); r.Sound() {
			t.Error("a package of another platform passes with this one's keys")
		}
	})
}

// TestArchives exports all that were closed in a time.
func TestArchives(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		var want []string
		for range 3 {
			want = append(want, c.advanceTo(instant, Closed, catalog.PickUp).No)
		}
		from := c.clk.Now()
		c.clk.Add(time.Hour)
		late := c.advanceTo(subsidy, Closed, catalog.PickUp).No
		c.drain()
		c.sealLog()
		got := func(r ArchiveRange) (out []string) {
			n, err := c.Archives(t.Context(), actor.Platform(), r, func(x *Archived) error {
				var b bytes.Buffer
				c.must(x.Write(&b))
				if !c.verified(b.Bytes()).Sound() {
					t.Errorf("%s is not sound", x.Name)
				}
				out = append(out, strings.TrimSuffix(x.Name, ".zip"))
				return nil
			})
			c.must(err)
			if n != len(out) {
				t.Errorf("%d of %d", n, len(out))
			}
			return out
		}
		if all := got(ArchiveRange{}); !slices.Equal(all, append(slices.Clone(want), late)) {
			t.Errorf("%v", all)
		}
		if some := got(ArchiveRange{From: from.Add(time.Minute)}); !slices.Equal(some, []string{late}) {
			t.Errorf("%v", some)
		}
		if some := got(ArchiveRange{Until: from.Add(time.Minute), Unit: c.refs.Units["wx-spj"]}); !slices.Equal(some, want) {
			t.Errorf("%v", some)
		}
		if some := got(ArchiveRange{Unit: c.refs.Units["lx-spj"]}); len(some) != 0 {
			t.Errorf("%v", some)
		}
		if _, err := c.Archives(t.Context(), c.staff("dec"), ArchiveRange{}, nil); !errors.Is(err, identity.ErrForbidden) {
			t.Error(err)
		}

		// The log of one more is not sealed yet: the others are handed out, and it
		// is named; when it is sealed meanwhile, it comes last.
		open := c.advanceTo(instant, Closed, catalog.PickUp).No
		names := func(sealing bool) (out []string, err error) {
			_, err = c.Archives(t.Context(), actor.Platform(), ArchiveRange{From: from.Add(time.Minute), Wait: 5 * time.Millisecond}, func(x *Archived) error {
				if sealing {
					c.sealLog()
				}
				out = append(out, x.Name)
				return nil
			})
			return out, err
		}
		if some, err := names(false); len(some) != 1 || errs.Of(err).Code != "archives-left" || !strings.Contains(errs.Of(err).ZH, open) {
			t.Errorf("%v, %v", some, err)
		}
		if some, err := names(true); err != nil || !slices.Equal(some, []string{late + ".zip", open + ".zip"}) {
			t.Errorf("%v, %v", some, err)
		}
	})
}

// TestPrint: a print is made once after the act, by a job that may run again.
func TestPrint(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		old := c.submit(food, catalog.PickUp)
		c.must(c.printNew(t.Context())) // begins here
		doc := c.view(c.boss(), old.No).Documents[0].ID
		if _, err := c.Print(t.Context(), c.boss(), doc); !errors.Is(err, errPrinting) {
			t.Fatalf("before the job: %v", err)
		}
		c.drain() // asked for: one that was there before
		f, err := c.Print(t.Context(), c.boss(), doc)
		if err != nil || !strings.HasSuffix(f.Name, "号.html") {
			t.Fatalf("%+v %v", f, err)
		}
		r, err := c.store.Open(t.Context(), files.Ref{ID: f.File})
		c.must(err)
		b, err := io.ReadAll(r)
		c.must(err)
		c.must(r.Close())
		stored, _, hash, err := c.content(t.Context(), doc)
		c.must(err)
		if want, _ := plainPrint(stored, hash); !bytes.Equal(b, want) {
			t.Errorf("%s", b)
		}
		k := c.submit(food, catalog.PickUp)
		c.do(c.staff("clerk"), k.No, Accept, Input{})
		for range 2 {
			c.must(c.printNew(t.Context()))
		}
		for _, d := range c.view(c.boss(), k.No).Documents {
			c.must(c.print(t.Context(), d.ID))
			if ok, err := c.Printed(t.Context(), d.ID); err != nil || !ok {
				t.Errorf("%s is not printed: %v", d.Title, err)
			}
		}
		if n := c.count(`SELECT count(*) FROM document_print`); n != 3 {
			t.Errorf("%d prints", n)
		}
		c.clk.Add(time.Hour)
		c.must(c.printNew(t.Context()))
		if upto := c.count(sqlPrinting); upto != c.count(sqlNewestDocument) {
			t.Errorf("the job stands at %d", upto)
		}
		if _, err := c.Print(t.Context(), c.person("wang"), doc); !errors.Is(err, errNoDocument) {
			t.Errorf("a stranger: %v", err)
		}
	})
}

// TestServe: how a document reached its addressee is recorded once for each way.
func TestServe(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		k := c.submit(food, catalog.PickUp)
		doc := c.view(c.boss(), k.No).Documents[0].ID
		look := func(a actor.Actor) {
			_, _, err := c.Document(ctx, a, doc)
			c.must(err)
		}
		look(c.staff("clerk")) // not the addressee
		if list, err := c.Services(ctx, c.boss(), doc); err != nil || len(list) != 0 {
			t.Fatalf("%+v %v", list, err)
		}
		opened := c.clk.Now()
		look(c.boss())
		c.clk.Add(time.Hour)
		look(c.boss())
		list, err := c.Services(ctx, c.staff("clerk"), doc)
		if err != nil || len(list) != 1 || list[0].Way != ServedOnline || !list[0].At.Equal(opened) {
			t.Fatalf("%+v %v", list, err)
		}
		v := c.view(c.boss(), k.No)
		last := v.Events[len(v.Events)-1]
		if last.Act != NoticeOpened || last.ZH != "查阅文书" || last.From != last.To || last.Number != v.Documents[0].Number || v.Case.Version != k.Version {
			t.Errorf("%+v", last)
		}
		serve := func(who string, in ServeInput) error { return c.Serve(ctx, c.staff(who), doc, in) }
		c.field(serve("clerk", ServeInput{}), "way")
		c.field(serve("clerk", ServeInput{Way: ServedHand}), "name")
		c.field(serve("clerk", ServeInput{Way: ServedPost, Waybill: strings.Repeat("长", 101)}), "waybill")
		c.field(serve("clerk", ServeInput{Way: ServedOnline}), "way")
		if err := serve("dec", ServeInput{Way: ServedHand, Name: "张明远"}); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("a decider: %v", err)
		}
		if err := serve("lxclerk", ServeInput{Way: ServedHand, Name: "张明远"}); !errors.Is(err, errNoDocument) {
			t.Errorf("a clerk elsewhere: %v", err)
		}
		c.must(serve("clerk", ServeInput{Way: ServedHand, Name: " 张明远 ", Photo: c.file(), PhotoSay: "签收.pdf"}))
		c.must(serve("clerk", ServeInput{Way: ServedPost, Waybill: "EMS 1234567890"}))
		if err := serve("clerk2", ServeInput{Way: ServedHand, Name: "李四"}); !errors.Is(err, ErrServed) {
			t.Errorf("twice: %v", err)
		}
		list, err = c.Services(ctx, c.boss(), doc)
		if err != nil || len(list) != 3 || list[1].Name != "张明远" || list[1].Photo == nil || list[2].Waybill != "EMS 1234567890" {
			t.Errorf("%+v %v", list, err)
		}
		if n := c.count(`SELECT count(*) FROM audit_record WHERE act IN ('case.notice-opened', 'case.serve-notice') AND outcome = 'done'`); n != 3 {
			t.Errorf("%d records", n)
		}
	})
}

// TestClockProof: the proof of a limit is what the page shows, for those who
// may read the case or hold its code.
func TestClockProof(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(food, Suspended, catalog.PickUp)
		for i, v := range c.view(c.boss(), k.No).Clocks {
			p, err := c.ClockProof(t.Context(), c.boss(), k.No, i+1)
			c.must(err)
			if v.N != i+1 || *p.Result.Due != v.Status.Due || p.Name != v.Name || p.Case != k.No || len(p.Check()) > 0 {
				t.Errorf("%s: %+v", v.Name, p.Result)
			}
		}
		_, code, _ := strings.Cut(c.ProgressPath(k.No), "c=")
		p, err := c.PublicClockProof(t.Context(), k.No, code, 2)
		if err != nil || len(p.Check()) > 0 || p.Suspensions[0].Reason != "专家评审" {
			t.Errorf("%+v %v", p, err)
		}
		if strings.Contains(string(p.JSON()), "张明远") || strings.Contains(string(p.JSON()), "咖啡") || strings.Contains(string(p.JSON()), "需要专家评审") {
			t.Error("the public proof says something about people")
		}
		for _, n := range []int{0, -1, 99} {
			if _, err := c.ClockProof(t.Context(), c.boss(), k.No, n); !errors.Is(err, errNoClock) {
				t.Errorf("%d: %v", n, err)
			}
		}
		if _, err := c.PublicClockProof(t.Context(), k.No, "0000000000000000", 1); !errors.Is(err, ErrNoCase) {
			t.Error(err)
		}
		if _, err := c.ClockProof(t.Context(), c.person("wang"), k.No, 1); !errors.Is(err, ErrNoCase) {
			t.Error(err)
		}
	})
}
