package catalog

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
)

// upload stores a document that nothing refers to yet.
func (s *shelf) upload(name, content string) GuideFile {
	s.t.Helper()
	ref, err := s.files.Put(s.t.Context(), strings.NewReader("%PDF-1.4\n"+content+"\n%%EOF"), files.Meta{Name: name})
	s.must(err)
	return NewGuideFile(ref, name)
}

// references counts what refers to a file.
func (s *shelf) references(f GuideFile) (n int) {
	s.t.Helper()
	s.must(s.d.Read(s.t.Context()).QueryRow(`SELECT refs FROM file WHERE id = $1`, f.File).Scan(&n))
	return n
}

// blank writes a blank form into the first material of a draft.
func (s *shelf) blank(d *Draft, address string, fresh ...GuideFile) (*Draft, error) {
	s.t.Helper()
	seen, err := d.SectionHash("materials")
	s.must(err)
	list := slices.Clone(d.Guide.Materials)
	list[0].BlankForm = address
	return s.SaveSection(s.t.Context(), s.staff("lxsteward"), d.ID, "materials", seen, text(list), fresh...)
}

// TestGuideFiles: what a published version names stays with it, what a draft gave
// up goes.
func TestGuideFiles(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		published := func(what string, f GuideFile, want bool) {
			t.Helper()
			got, err := s.PublishedFile(ctx, f.Key)
			if want && (err != nil || got != f) || !want && !errors.Is(err, files.ErrNoFile()) {
				t.Errorf("%s: %+v %v", what, got, err)
			}
		}
		refs := func(what string, f GuideFile, want int) {
			t.Helper()
			if got := s.references(f); got != want {
				t.Errorf("%s: %d references, want %d", what, got, want)
			}
		}
		publish := func(d *Draft) {
			t.Helper()
			d = s.move(d, "lxsteward", DraftHandIn, DraftInput{Note: "附表格", Waived: s.waiveAll(d)})
			d = s.move(d, "wxreviewer", DraftPass, DraftInput{})
			s.move(d, "wxreviewer", DraftPublish, DraftInput{})
		}
		first, second := s.upload("申请表.pdf", "one"), s.upload("申请表.pdf", "two")
		d, err := s.Revise(ctx, s.staff("lxsteward"), s.item(code).ID, nil)
		s.must(err)
		if _, err := s.blank(d, first.Address()); errs.KindOf(err) != errs.Invalid || errs.Of(err).Fields[0].Path != "materials/m01/blankForm" {
			t.Fatalf("a file that nobody has: %v", err)
		}
		d, err = s.blank(d, first.Address(), first, second)
		s.must(err)
		refs("in a draft", first, 1)
		refs("uploaded and not named", second, 0)
		published("in a draft", first, false)
		if seen, err := s.Draft(ctx, s.staff("wxreviewer"), d.ID); err != nil || seen.Files[first.Key] != first {
			t.Errorf("its reviewer sees %+v %v", seen.Files, err)
		}
		d = s.edit(d, "lxsteward", "rights", []string{"知情权"})
		refs("after another section", first, 1)
		d, err = s.blank(d, second.Address(), second)
		s.must(err)
		refs("replaced", first, 0)
		refs("in its place", second, 1)
		publish(d)
		refs("held by the version alone", second, 1)
		published("published", second, true)
		_, v, err := s.Guide(ctx, code)
		s.must(err)
		if v.Files[second.Key] != second {
			t.Errorf("the version has %+v", v.Files)
		}

		d, err = s.Revise(ctx, s.staff("lxsteward"), s.item(code).ID, nil)
		s.must(err)
		refs("and by the next draft", second, 2)
		d, err = s.blank(d, "")
		s.must(err)
		refs("that gave it up", second, 1)
		publish(d)
		published("of the version before", second, true)

		d, err = s.Revise(ctx, s.staff("lxsteward"), s.item(code).ID, nil)
		s.must(err)
		d, err = s.blank(d, first.Address(), first)
		s.must(err)
		s.move(d, "lxsteward", DraftDiscard, DraftInput{Note: "不改了"})
		refs("of a draft that was given up", first, 0)
		published("of a draft that was given up", first, false)
	})
}

// waiveAll gives a reason for every warning of a draft.
func (s *shelf) waiveAll(d *Draft) map[string]string {
	s.t.Helper()
	ps, err := s.DraftProblems(s.t.Context(), d)
	s.must(err)
	out := map[string]string{}
	for _, p := range ps {
		out[p.Key()] = "原文如此"
	}
	return out
}

// TestTemplateFiles: a file of the city-wide guide comes down to the lists that
// follow it, and stays with each of them.
func TestTemplateFiles(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, _ string) {
		ctx := t.Context()
		f := s.upload("样表.pdf", "three")
		d, err := s.ReviseTemplate(ctx, s.staff("wxboth"), "322099001000", s.unit("wx"), nil)
		s.must(err)
		seen, err := d.SectionHash("materials")
		s.must(err)
		list := slices.Clone(d.Guide.Materials)
		list[0].SampleFile = f.Address()
		d, err = s.SaveSection(ctx, s.staff("wxboth"), d.ID, "materials", seen, text(list), f)
		s.must(err)
		d = s.move(d, "wxboth", DraftHandIn, DraftInput{Note: "附样表", Waived: s.waiveAll(d)})
		d = s.move(d, "wxreviewer", DraftPass, DraftInput{})
		s.move(d, "wxreviewer", DraftPublish, DraftInput{})
		if got, err := s.PublishedFile(ctx, f.Key); err != nil || got != f || s.references(f) != 1 {
			t.Errorf("%+v %v, %d references", got, err, s.references(f))
		}
		d, err = s.Claim(ctx, s.staff("bhsteward"), "322099001000", s.unit("bh"), nil)
		s.must(err)
		d, err = s.Draft(ctx, s.staff("bhsteward"), d.ID)
		s.must(err)
		if d.Files[f.Key] != f || s.references(f) != 2 {
			t.Errorf("the list's draft has %+v, %d references", d.Files, s.references(f))
		}
	})
}

func TestSoundAddress(t *testing.T) {
	key := strings.Repeat("0a", 12)
	for address, want := range map[string]bool{
		"https://www.example.cn/a.pdf": true, "https://www.example.cn/表格.docx?x=1": true, "/files/" + key: true,
		"http://www.example.cn/a.pdf": false, "https://": false, "https:///a.pdf": false, "https:a.pdf": false, "https://u:p@www.example.cn/a": false,
		"https://www.example.cn/a b.pdf": false, "https://www.example.cn/\n": false, "//www.example.cn/a": false, "/static/a.pdf": false, "javascript:alert(1)": false,
		"/files/" + key + "0": false, "/files/" + strings.ToUpper(key): false, "/files/": false, "https://www.example.cn/" + strings.Repeat("a", 500): false,
	} {
		if soundAddress(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}

func TestNewGuideFile(t *testing.T) {
	ref := files.Ref{ID: 1, Hash: "h", Type: files.PDF, Size: 3}
	f := NewGuideFile(ref, "表.pdf")
	if key, ok := FileKey(f.Address()); !ok || key != f.Key {
		t.Errorf("%+v", f)
	}
	other := ref
	other.Hash = "i"
	if f.Key == NewGuideFile(ref, "表二.pdf").Key || f.Key == NewGuideFile(other, "表.pdf").Key {
		t.Error("another name or content has the same address")
	}
}

// TestTakeFile: whoever may write a draft uploads for it, and nobody else names
// the file by its ticket.
func TestTakeFile(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		lx, wx := s.staff("lxsteward"), s.staff("wxboth")
		d, err := s.Revise(ctx, lx, s.item(code).ID, nil)
		s.must(err)
		take := func(who, name, content string) (TakenFile, error) {
			return s.TakeFile(ctx, s.staff(who), d.ID, strings.NewReader(content), name)
		}
		f, err := take("lxsteward", `C:\\表\申请表.pdf`, "%PDF-1.4\n%%EOF")
		if err != nil || f.Name != "申请表.pdf" || f.Type != files.PDF || f.Size != 14 {
			t.Fatalf("%+v %v", f, err)
		}
		for what, want := range map[string]error{"": files.ErrEmpty(), "words": files.ErrType(), "PK\x03\x04": files.ErrArchive(), "%PDF-1.4\n" + strings.Repeat("x", GuideFileMost): files.ErrTooLarge()} {
			if _, err := take("lxsteward", "a", what); !errors.Is(err, want) {
				t.Errorf("%.20q: %v", what, err)
			}
		}
		for _, who := range []string{"bhsteward", "wxreviewer", "clerk"} {
			if _, err := take(who, "a.pdf", "%PDF-1.4\n%%EOF"); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("%s uploads: %v", who, err)
			}
		}
		if got, err := s.FileTaken(ctx, lx, d.ID, f.Ticket, f.Name); err != nil || got != f {
			t.Errorf("named again: %+v %v", got, err)
		}
		for what, err := range map[string]error{
			"by another":        second(s.FileTaken(ctx, wx, d.ID, f.Ticket, f.Name)),
			"for another draft": second(s.FileTaken(ctx, lx, d.ID+1, f.Ticket, f.Name)),
			"made up":           second(s.FileTaken(ctx, lx, d.ID, "1.0", f.Name)),
		} {
			if !errors.Is(err, files.ErrNoFile()) {
				t.Errorf("named %s: %v", what, err)
			}
		}
		d, err = s.blank(d, f.Address(), f.GuideFile)
		s.must(err)
		events, err := s.DraftEvents(ctx, d.ID)
		s.must(err)
		if last := events[len(events)-1]; last.Note != "上传文件：申请表.pdf" || last.Section != "materials" {
			t.Errorf("history says %+v", last)
		}
		s.move(d, "lxsteward", DraftHandIn, DraftInput{Note: "附表格", Waived: s.waiveAll(d)})
		if _, err := take("lxsteward", "a.pdf", "%PDF-1.4\n%%EOF"); !errors.Is(err, ErrDraftState) {
			t.Errorf("handed in, and uploaded for: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }
