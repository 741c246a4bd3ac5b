package web

import (
	"strings"
	"time"
)

// Each type here is the parameter of the partial named in its comment:
// {{template "tag" .State}}. Words in them are already in the page's language.
// The zero value of an optional part means that there is none.

// Tone 语气 colours a tag, banner, event or clock. Words always say the same.
type Tone string

// Tones.
const (
	Plain Tone = ""
	Info  Tone = "info" // under way
	OK    Tone = "ok"   // done, granted, saved
	Note  Tone = "note" // waiting for someone, nearly due
	Bad   Tone = "bad"  // late, refused, wrong
)

func (t Tone) known() Tone {
	switch t {
	case Info, OK, Note, Bad:
		return t
	}
	return Plain
}

// Link is words that lead somewhere.
type Link struct {
	Href, Text string
	Count      int  // shown when above 0
	Current    bool // this is where the reader is
}

// Tag 状态 is partial "tag".
type Tag struct {
	Tone Tone
	Text string
}

// Banner 提示 is partial "banner".
type Banner struct {
	Tone  Tone
	Title string // may be empty
	Text  string
	Link  Link // Href empty: none
}

// Errors 有误提示 is partial "errors"; the layout shows Page.Errors by itself on
// top of the main part, where it takes the focus.
type Errors struct {
	Title string // empty: “请改正以下内容”
	Items []Link // Href "#id" of the widget
}

// Action is partial "action": one button that posts, with what it carries.
type Action struct {
	URL     string
	Text    string
	Confirm string // asked first when a script runs; the server decides anyway
	Warn    bool   // takes something away
	Alt     bool   // not the main thing to do
	Key     string // desk shortcut
	Hidden  []Hidden
}

// Hidden is one value that a form carries unseen.
type Hidden struct{ Name, Value string }

// Facts 摘要 is partial "facts": a list of terms and what they are.
type Facts struct{ Rows []Fact }

// Fact is one row; more than one line when Lines is set.
type Fact struct {
	Key, Value string
	Lines      []string
	Tag        Tag
	Soft       string // a remark under the value
	Change     Link   // “修改”; its hidden words name the Key
}

// Table is partial "table": cards on phones, caption for everyone.
type Table struct {
	Caption string
	Hide    bool // the caption is read aloud only
	Heads   []Head
	Rows    []Row
	Empty   Empty // shown without rows
}

// Head of a column.
type Head struct {
	Text string
	Num  bool // figures: to the right
}

// Row of cells; the first is the row's head.
type Row struct{ Cells []Cell }

// Cell holds words, a link, a tag, or several of them.
type Cell struct {
	Text string
	Href string // makes Text a link
	Tag  Tag
	Soft string // a remark in a smaller line
	Row  bool   // its link is the row's: j and k walk from one to the next on the desk
}

// Pager 翻页 is partial "pager"; by keyset, so there are no page numbers.
type Pager struct {
	Prev, Next string // addresses, empty: none
	Text       string // “共 20 条以上”, may be empty
}

// Steps 步骤 is partial "steps".
type Steps struct {
	Items []Step
	Now   int // index of the present step
}

// Step of a form or procedure.
type Step struct{ Title, Href string }

// State of step i: done, now or empty.
func (s Steps) State(i int) string {
	switch {
	case i < s.Now:
		return "done"
	case i == s.Now:
		return "now"
	}
	return ""
}

// Number of the present step, from 1.
func (s Steps) Number() int { return s.Now + 1 }

// Timeline 办理经过 is partial "timeline", newest or oldest first as given.
type Timeline struct{ Events []Event }

// Event is one act.
type Event struct {
	At    time.Time
	Tone  Tone
	Title string
	Who   string // “市市场监督管理局 · 受理窗口”
	Text  string
	Link  Link
	Soft  string // article or clock: “依据《行政许可法》第三十二条”
}

// Empty 空状态 is partial "empty".
type Empty struct {
	Title, Text string
	Link        Link
}

// Uploads 材料 is partial "uploads": one material, what is handed in, and how
// to hand in more.
type Uploads struct {
	ID       string // unique on the page
	Title    string
	Tag      Tag    // 必要, 容缺, 已提交 …
	Help     string // what it is, where it comes from
	Samples  []Link // blank form, filled-in example
	Error    string
	Files    []File
	URL      string // POST multipart, field "file"; empty: nothing can be added
	Accept   string // ".pdf,.jpg,.png"
	Limit    string // “PDF、JPG 或 PNG,每个不超过 20 MB”
	Hidden   []Hidden
	Licences []LicencePick // held licences that may stand for it (免提交)
}

// File handed in.
type File struct {
	Name, Href string
	Size       int64 // bytes
	Tag        Tag
	Delete     Action
}

// LicencePick is a licence that may be used instead of an upload; it posts.
type LicencePick struct {
	Text, Soft string
	Use        Action
}

// Filters 筛选 is partial "filters": links, in <details> on phones.
type Filters struct {
	Groups []FilterGroup
	Clear  Link // Href empty: nothing is chosen
}

// FilterGroup is one facet.
type FilterGroup struct {
	Title  string
	Items  []Link
	Folded bool // closed until the reader opens it
}

// Search 搜索 is partial "search" (the box) and "band" (the blue band of the
// front page).
type Search struct {
	Action, Query string
	Heading, Text string
	Hint          string // placeholder
	Hot           []Link
	Hidden        []Hidden
}

// PaperHead 文书抬头 is partial "paperhead": a printed document's number and QR.
type PaperHead struct {
	Org    string
	Title  string
	Number string
	QR     QR
	QRText string // “扫码查看办理进度”
}

// Tile 入口 is partial "tile": a big link with an icon.
type Tile struct {
	Href, Icon, Text, Soft string
}

// Stat 数字 is partial "stat": a figure with the list behind it.
type Stat struct {
	Href, Value, Text string
	Warn              bool
}

// idOf makes an id of a name: letters, digits, '-' and '_' alone.
func idOf(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '-'
	}, name)
}
