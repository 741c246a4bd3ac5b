package portal

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web"
)

// The public feeds of changed items. The current document holds the newest
// entries; older ones are in archive documents that never change (RFC 5005):
// archive n holds the positions from n × feedPage + 1 on.
const feedPage = 100

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
	Type string `xml:"type,attr,omitempty"`
}

type atomEntry struct {
	ID       string     `xml:"id"`
	Title    string     `xml:"title"`
	Updated  string     `xml:"updated"`
	Links    []atomLink `xml:"link"`
	Category struct {
		Term string `xml:"term,attr"`
	} `xml:"category"`
	Summary string `xml:"summary"`
}

type atomFeed struct {
	XMLName struct{}    `xml:"http://www.w3.org/2005/Atom feed"`
	Archive *struct{}   `xml:"http://purl.org/syndication/history/1.0 archive"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

// jsonFeed is a JSON Feed 1.1.
type jsonFeed struct {
	Version  string     `json:"version"`
	Title    string     `json:"title"`
	Home     string     `json:"home_page_url"`
	Feed     string     `json:"feed_url"`
	Next     string     `json:"next_url,omitempty"` // older entries
	Language string     `json:"language"`
	Items    []jsonItem `json:"items"`
}

type jsonItem struct {
	ID        string        `json:"id"`
	URL       string        `json:"url"`
	Title     string        `json:"title"`
	Text      string        `json:"content_text"`
	Published string        `json:"date_published"`
	Change    catalog.Entry `json:"_change"`
}

// feedDoc is one document: the current one, or an archive.
type feedDoc struct {
	list    []catalog.Entry // newest first
	end     int64
	archive int64 // its number, -1: the current one
	older   int64 // number of the archive before, -1: none
}

func (p *Portal) feedDoc(r *http.Request) (d feedDoc, err error) {
	d.archive, d.older = -1, -1
	_, d.end, err = p.Catalog.Changes(r.Context(), 1<<62, 1)
	if err != nil {
		return d, err
	}
	after := max(0, d.end-feedPage)
	if text := r.FormValue("archive"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > d.end/feedPage || (n+1)*feedPage > d.end {
			return d, web.ErrNoPage()
		}
		d.archive, after = n, n*feedPage
		d.older = n - 1
	} else if after > 0 {
		d.older = (after - 1) / feedPage // overlaps with this one; readers know entries by their ids
	}
	list, _, err := p.Catalog.Changes(r.Context(), after, feedPage)
	for i := len(list) - 1; i >= 0; i-- {
		d.list = append(d.list, list[i])
	}
	return d, err
}

// answer sends a document, or 304.
func (d feedDoc) answer(w http.ResponseWriter, r *http.Request, mime string, body func() ([]byte, error)) error {
	h := w.Header()
	tag, keep := fmt.Sprintf(`"%d"`, d.end), "public, max-age=60"
	if d.archive >= 0 {
		tag, keep = fmt.Sprintf(`"archive-%d"`, d.archive), "public, max-age=86400"
	}
	h.Set("ETag", tag)
	h.Set("Cache-Control", keep)
	if web.SameTag(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	b, err := body()
	if err != nil {
		return err
	}
	h.Set("Content-Type", mime)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(b) // the client may have gone; nothing to undo
	}
	return nil
}

// entryWords says an entry.
func entryWords(e catalog.Entry) (title, text string) {
	what := map[string]string{catalog.ChangePublished: "发布第 " + strconv.Itoa(e.Version) + " 版", catalog.ChangePaused: "暂停办理",
		catalog.ChangeResumed: "恢复办理", catalog.ChangeCancelled: "取消"}[e.Kind]
	return e.Name + "：" + what, "实施编码 " + e.Code + "，版本 " + strconv.Itoa(e.Version) + "，指南哈希（SM3） " + e.Hash
}

func (p *Portal) entryID(e catalog.Entry) string {
	return p.URL + "/feed/items/" + strconv.FormatInt(e.Position, 10)
}

func (p *Portal) atom(w http.ResponseWriter, r *http.Request) error {
	d, err := p.feedDoc(r)
	if err != nil {
		return err
	}
	return d.answer(w, r, "application/atom+xml; charset=utf-8", func() ([]byte, error) {
		self := p.URL + "/feed/items.atom"
		site := web.NewPage(r, "", "").Site
		f := atomFeed{ID: self, Title: site.City + "政务服务事项变更", Author: site.City + site.Platform, Updated: time.Unix(0, 0).UTC().Format(time.RFC3339)}
		at := func(n int64) string { return self + "?archive=" + strconv.FormatInt(n, 10) }
		if d.archive < 0 {
			f.Links = append(f.Links, atomLink{Rel: "self", Href: self})
		} else {
			f.Archive = &struct{}{}
			f.Links = append(f.Links, atomLink{Rel: "self", Href: at(d.archive)}, atomLink{Rel: "current", Href: self})
			if (d.archive+2)*feedPage <= d.end {
				f.Links = append(f.Links, atomLink{Rel: "next-archive", Href: at(d.archive + 1)})
			}
		}
		if d.older >= 0 {
			f.Links = append(f.Links, atomLink{Rel: "prev-archive", Href: at(d.older)})
		}
		f.Links = append(f.Links, atomLink{Rel: "alternate", Href: p.URL + "/items", Type: "text/html"})
		for i, e := range d.list {
			x := atomEntry{ID: p.entryID(e), Updated: e.At.UTC().Format(time.RFC3339), Links: []atomLink{{Rel: "alternate", Href: p.URL + "/items/" + e.Code, Type: "text/html"}}}
			x.Title, x.Summary = entryWords(e)
			x.Category.Term = e.Kind
			if e.Kind == catalog.ChangePublished && e.Version > 1 {
				x.Links = append(x.Links, atomLink{Rel: "related", Href: fmt.Sprintf("%s/items/%s/changes?from=%d&to=%d", p.URL, e.Code, e.Version-1, e.Version), Type: "text/html"})
			}
			if i == 0 {
				f.Updated = x.Updated
			}
			f.Entries = append(f.Entries, x)
		}
		b, err := xml.MarshalIndent(f, "", " ")
		return append([]byte(xml.Header), b...), err
	})
}

func (p *Portal) jsonFeed(w http.ResponseWriter, r *http.Request) error {
	d, err := p.feedDoc(r)
	if err != nil {
		return err
	}
	return d.answer(w, r, "application/feed+json; charset=utf-8", func() ([]byte, error) {
		self := p.URL + "/feed/items.json"
		f := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: web.NewPage(r, "", "").Site.City + "政务服务事项变更", Home: p.URL + "/items", Feed: self, Language: "zh-CN", Items: []jsonItem{}}
		if d.older >= 0 {
			f.Next = self + "?archive=" + strconv.FormatInt(d.older, 10)
		}
		for _, e := range d.list {
			x := jsonItem{ID: p.entryID(e), URL: p.URL + "/items/" + e.Code, Published: e.At.UTC().Format(time.RFC3339), Change: e}
			x.Title, x.Text = entryWords(e)
			f.Items = append(f.Items, x)
		}
		return json.Marshal(f)
	})
}
