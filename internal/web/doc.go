// Package web is the HTML face 网页: the frame, the parts and the manners of
// every page. Feature pages live in its folders (portal, desk, console, kiosk)
// and use what is here.
//
// It owns the layout, the one stylesheet and script, the parts, the drawing of
// forms, error pages, the reader's language and elderly mode (长辈版), and the
// outer headers. It never decides, never reads a database, and holds no session:
// who asks is told to it by Options.Actor.
//
//	request ──► Wrap ──► Mux ──► Handle(feature handler) ──► service
//	            headers  own      │ error ──► Fail ──► error page
//	            language 404/405  └ page struct ──► View.Render ──► HTML
//
// # Writing a page
//
// A page is one struct that embeds [Page], one template file that defines
// "content", one view, one handler:
//
//	type casePage struct {
//		web.Page
//		Clock web.Clock
//	}
//	v := web.NewView[casePage](rt, files, "parts.html", "case.html") // last: the page's own
//	mux.Handle("GET /my/cases/{no}", rt.Handle(func(w http.ResponseWriter, r *http.Request) error {
//		p := casePage{Page: web.NewPage(r, "办件", "Case")}
//		p.Nav = "my"
//		return v.Render(w, r, http.StatusOK, p)
//	}))
//
// Its test gives samples: webtest.Check(t, v, samples...) checks the template
// against the struct's type and the HTML of every sample in all modes;
// webtest.Covered fails for views without samples. Every partial takes one
// type, by value; a zero value means that there is none. Do not use {{with}} or
// conditions to build an element's name: html/template prints it as text.
//
// # Parts
//
// {{template "NAME" value}}, in the reader's language already:
//
//	tag        Tag         banner    Banner      action    Action (a form with one button)
//	facts      Facts       table     Table       pager     Pager (keyset)
//	steps      Steps       timeline  Timeline    empty     Empty
//	uploads    Uploads     filters   Filters     search    Search
//	band       Search      tile      Tile        stat      Stat
//	clock      Clock       bars      Bars        spark     Spark
//	qr         QR          paperhead PaperHead   errors    Errors (the layout shows Page.Errors)
//	form       FormView    field     FieldView   control   FieldView (the widget alone)
//
// # Functions in templates
//
//	tr "中文" "English"                   words in the reader's language
//	date t · datetime t · monthday t · hhmm t · isodate t    Shanghai time; "—" for none
//	known t                               whether an instant is set
//	workdays n                            “3 个工作日”
//	yuan fen · size bytes · mask text     1,234.50 · 1.4 MB · 320***18
//	link path "key" "value" …             query changed, cursor dropped; "" removes
//	tag "ok" "已办结"                      a Tag for {{template "tag" …}}; tones: info ok note bad
//	icon "search"                         a line icon, see iconPath
//	asset "tongban.css"                   address of a static file
//
// # Classes
//
// card · grid (grid small) · two (main and aside; two left: aside first) · read
// (width for reading and forms) · btn (alt, warn, big, wide) in btns · soft,
// small, num · table.cards inside div.table, td data-label for phones · keypad ·
// away (read aloud only) · less (left out in the elderly version) · noprint.
//
// # What the script adds
//
// Attributes; every page works without them:
//
//	form data-autosave="URL"   posts what was typed (urlencoded, header X-Autosave: 1, answer 204);
//	                           [data-autosave-state] says when
//	form data-upload           progress; input data-now sends as soon as a file is chosen
//	data-confirm="…?"          on a form or a submit button
//	#id data-refresh="30"      renewed from its own page (or data-refresh-url) every 30 s
//	data-countdown data-goto   a session's visible end (Page.End)
//	data-key="n"               desk shortcut; links with data-row are walked by j and k
//	data-print hidden          a print button
//
// Cross-origin protection (http.CrossOriginProtection) stands in front, in gate:
// forms carry no token, and no GET changes anything.
package web
