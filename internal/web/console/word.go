package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/search"
	"github.com/tongban/tongban/internal/web"
)

const (
	missesPath = "/console/items/misses"
	wordPath   = missesPath + "/word"
)

// wordPage 加为日常用语: the matter that people mean by some words is picked.
type wordPage struct {
	web.Page
	Words, Query string
	URL          string
	Back         web.Link
	Matters      []matterRow
	Empty        web.Empty
}

// matterRow is a matter that may be meant.
type matterRow struct{ Name, Code, Summary string }

// wordRow is a word that was added by hand.
type wordRow struct {
	Words, Made string
	Matter      web.Link
	Remove      string // address; empty: not by this person
}

// How many matters are offered: found by what was looked for, or merely close.
const (
	matterRows = 10
	closeRows  = 5
)

// mayKeepWords tells whether the actor adds and removes daily words.
func (k *Console) mayKeepWords(r *http.Request, a actor.Actor) (bool, error) {
	dir, err := k.c.Identity.Directory(r.Context())
	if err != nil {
		return false, err
	}
	return identity.Decide(a, identity.CatalogueManage, topOf(dir)) == nil, nil
}

// topOf is the unit above all others.
func topOf(dir *identity.Directory) (t identity.Target) {
	if c := dir.Children(0); len(c) > 0 {
		t.UnitPath = c[0].Path
	}
	return t
}

// wordRows are the words that were added by hand.
func (k *Console) wordRows(r *http.Request, p web.Page, may bool) ([]wordRow, error) {
	list, err := k.c.Catalog.Words(r.Context(), p.Actor, missRows)
	if err != nil {
		return nil, err
	}
	var out []wordRow
	for _, w := range list {
		name, err := k.c.Catalog.NameOf(r.Context(), w.Code)
		if err != nil {
			return nil, err
		}
		row := wordRow{Words: w.Words, Made: w.By + " · " + minute(w.At), Matter: web.Link{Href: "/items?q=" + w.Code, Text: name}}
		if may {
			row.Remove = wordPath + "/" + strconv.FormatInt(w.ID, 10) + "/remove"
		}
		out = append(out, row)
	}
	return out, nil
}

// word answers GET /console/items/misses/word?words=…&q=…: matters to pick from,
// at first those that the words themselves come close to.
func (k *Console) word(w http.ResponseWriter, r *http.Request) error {
	a, dir, err := k.steward(r)
	if err != nil {
		return err
	}
	if err := k.c.Identity.Allow(r.Context(), a, identity.CatalogueManage, topOf(dir), "daily-words"); err != nil {
		return err
	}
	words := search.Normalise(r.FormValue("words"))
	if words == "" {
		return web.ErrNoPage()
	}
	p := wordPage{Page: k.page(r, a, "misses", "加为日常用语", "Add a daily word"), Words: words, Query: strings.TrimSpace(r.FormValue("q")), URL: wordPath}
	p.Back = web.Link{Href: missesPath, Text: p.Tr("回到没搜到的词", "Back to the words searched in vain")}
	p.Empty = web.Empty{Title: p.Tr("没有找到事项", "No matter was found"), Text: p.Tr(fmt.Sprintf("换一个说法，或者输入%d位基本编码再查找。", k.c.Catalog.Codes().BasicLen()), fmt.Sprintf("Try other words, or the %d characters of its basic code.", k.c.Catalog.Codes().BasicLen()))}
	text, rows := p.Query, matterRows
	if text == "" {
		text, rows = words, closeRows
	}
	list, err := k.c.Catalog.Matters(r.Context(), text, rows)
	if err != nil {
		return err
	}
	for _, b := range list {
		p.Matters = append(p.Matters, matterRow{p.Tr(b.Name, b.NameEN), b.Code, b.Summary})
	}
	return k.views.word.Render(w, r, http.StatusOK, p)
}

// addWord answers POST /console/items/misses/word.
func (k *Console) addWord(w http.ResponseWriter, r *http.Request) error {
	a, _, err := k.steward(r)
	if err != nil {
		return err
	}
	words, code := r.PostFormValue("words"), r.PostFormValue("code")
	if err := k.c.Catalog.AddWord(r.Context(), a, words, code); err != nil {
		return web.Onward(err, web.Link{Href: pickPath(words), Text: web.NewPage(r, "", "").Tr("重新选择事项", "Pick the matter again")})
	}
	k.flash(w, r, "已经加为日常用语，现在就能搜到。", "Added; the search finds it from now on.")
	return web.SeeOther(w, r, missesPath)
}

// removeWord answers POST /console/items/misses/word/{id}/remove.
func (k *Console) removeWord(w http.ResponseWriter, r *http.Request) error {
	a, _, err := k.steward(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	if err := k.c.Catalog.RemoveWord(r.Context(), a, id); err != nil {
		return web.Onward(err, web.Link{Href: missesPath, Text: web.NewPage(r, "", "").Tr("回到没搜到的词", "Back to the words searched in vain")})
	}
	k.flash(w, r, "已经移除，不再按这个词找到事项。", "Removed; the word no longer leads to the matter.")
	return web.SeeOther(w, r, missesPath)
}

func pickPath(words string) string { return wordPath + "?words=" + url.QueryEscape(words) }

// pickCell leads to the page on which the matter of a missed word is picked.
func pickCell(p web.Page, m catalog.Miss) web.Cell {
	return web.Cell{Text: p.Tr("加为日常用语", "Add as a daily word"), Href: pickPath(m.Words)}
}
