package web

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// Names of the cookies that keep a reader's looks. They hold no personal data.
const (
	langCookie  = "tb_lang"  // "en" or absent
	elderCookie = "tb_elder" // "1" or absent
	keysCookie  = "tb_keys"  // "0": no single-key shortcuts on the desk
	flashCookie = "tb_flash" // base64 of tone, line feed, text
)

func (rt *Renderer) readLooks(r *http.Request) looks {
	l := looks{rt: rt, lang: langZH, keys: true}
	if value(r, langCookie) == langEN {
		l.lang = langEN
	}
	l.elder = value(r, elderCookie) == "1"
	l.keys = value(r, keysCookie) != "0"
	if raw, err := base64.RawURLEncoding.DecodeString(value(r, flashCookie)); err == nil && len(raw) > 0 {
		tone, text, _ := strings.Cut(string(raw), "\n")
		l.flash = Banner{Tone: Tone(tone).known(), Text: text}
	}
	return l
}

func value(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// setPrefs answers POST /prefs: lang=zh-CN|en, elder=on|off, keys=on|off and
// back, the page to return to.
func (rt *Renderer) setPrefs(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return Malformed(err)
	}
	year := 365 * 24 * 3600
	set := func(name, val string, on bool) {
		if !on {
			rt.cookie(w, name, "", -1)
			return
		}
		rt.cookie(w, name, val, year)
	}
	if v := r.PostForm.Get("lang"); v != "" {
		set(langCookie, langEN, v == langEN)
	}
	if v := r.PostForm.Get("elder"); v != "" {
		set(elderCookie, "1", v == "on")
	}
	if v := r.PostForm.Get("keys"); v != "" {
		set(keysCookie, "0", v == "off")
	}
	back := r.PostForm.Get("back")
	if !SamePath(back) {
		back = "/"
	}
	return SeeOther(w, r, back)
}

// SetFlash keeps words for the next page that is shown: “已提交。”
func (rt *Renderer) SetFlash(w http.ResponseWriter, tone Tone, text string) {
	if len(text) > 900 { // a cookie has little room
		text = strings.ToValidUTF8(text[:900], "") + "…"
	}
	rt.cookie(w, flashCookie, base64.RawURLEncoding.EncodeToString([]byte(string(tone)+"\n"+text)), 120)
}

func (rt *Renderer) clearFlash(w http.ResponseWriter) { rt.cookie(w, flashCookie, "", -1) }

func (rt *Renderer) cookie(w http.ResponseWriter, name, val string, age int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: val, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: rt.o.Secure, SameSite: http.SameSiteLaxMode})
}

// Malformed is the error for a body that is no form.
func Malformed(cause error) error {
	return errs.New(errs.Malformed, "bad-form", "提交的内容无法读取，请返回上一页重新提交。",
		"The submission could not be read. Go back and send it again.").Because(cause)
}
