package portal_test

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/archive"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/web/citytest"
)

// TestArchive: who applied takes the package of the closed case home, and the
// print of its documents, and it proves itself there.
func TestArchive(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		b := citytest.Browse(t, serve(t, c))
		no := handIn(t, c, b)
		b.Get("/my/cases/"+no).Want(200, "下载计算证明").Not("下载电子档案")
		b.Get("/my/cases/"+no+"/archive").Want(409, "办结之后")
		doc := strings.Split(b.Get("/my/cases/"+no).Click("收件凭证").Path, "/")[3]
		b.Want(200, "版式文件制作中", "送达回证", "电子送达（已查阅）")
		b.Get("/my/documents/"+doc+"/print").Want(409, "正在制作")
		if _, err := c.Jobs.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.Get("/my/documents/"+doc).Want(200, "下载版式文件").Not("制作中")
		printed(t, c, doc, no)
		if _, err := c.Casework.Perform(t.Context(), c.Staff("clerk-lx"), no, casework.Decline, casework.Input{Reason: "不属于本窗口", Elsewhere: "演示局"}); err != nil {
			t.Fatal(err)
		}
		c.SealLog()
		b.Get("/my/cases/"+no).Want(200, "下载电子档案")
		pkg := []byte(b.Get("/my/cases/" + no + "/archive").Body)
		known, err := calendar.Shipped()
		if err != nil {
			t.Fatal(err)
		}
		r, err := archive.Verify(bytes.NewReader(pkg), int64(len(pkg)), archive.Options{Known: known})
		if err != nil || !r.Sound() || r.Case != no {
			t.Errorf("%+v %v", r, err)
		}
		_, code, _ := strings.Cut(c.Casework.ProgressPath(no), "c=")
		citytest.Browse(t, serve(t, c)).Get("/progress/"+no+"?c="+code).Want(200, "已经完成的时限", "下载计算证明", "起算，当日不计")
	})
}

// printed looks at the stored print of a document: one file, complete, without scripts.
func printed(t *testing.T, c *citytest.City, doc, no string) {
	t.Helper()
	id, err := strconv.ParseInt(doc, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.Casework.Print(t.Context(), c.Person("chen-jiayi", "xiyun-canyin"), id)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Files.Open(t.Context(), files.Ref{ID: f.File})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, want := range []string{"<!DOCTYPE html>", "（印章）", "扫码查看进度和期限计算", no, "起算，当日不计", "@page{size:A4", "<svg viewBox"} {
		if !strings.Contains(text, want) {
			t.Errorf("the print lacks %s", want)
		}
	}
	for _, not := range []string{"<script", "<link", "src=", "http://", "url("} {
		if strings.Contains(text, not) {
			t.Errorf("the print has %s", not)
		}
	}
	if len(b) > 40_000 {
		t.Errorf("the print has %d bytes", len(b))
	}
}
