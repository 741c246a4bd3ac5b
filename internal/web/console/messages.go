package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/web"
)

const (
	messagesPath = "/console/messages"
	textsPath    = "/console/texts"
)

// messagesPage 消息渠道: how the ways stand, and what no way reached.
type messagesPage struct {
	web.Page
	Ways     web.Table
	Quiet    string
	Failures []failure
	Empty    web.Empty
	Pager    web.Pager
}

// failure is a message that no way reached; nothing of it is about whose it is.
type failure struct {
	ID      int64
	Kind    string
	Why     []string
	At, End time.Time
}

const failedRows = 50

// messages answers GET /console/messages.
func (k *Console) messages(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	from, err := strconv.ParseInt(r.URL.Query().Get("cursor"), 10, 64)
	if err != nil {
		from = 0
	}
	o, list, next, err := k.c.Notify.Overview(r.Context(), a, from, failedRows)
	if err != nil {
		return err
	}
	p := messagesPage{Page: k.page(r, a, "messages", "消息渠道", "Messages"), Quiet: o.Quiet.String()}
	p.Ways = waysTable(p.Page, o)
	for _, f := range list {
		x := failure{ID: f.ID, Kind: f.Kind, At: f.At, End: f.End}
		for _, t := range f.Tries {
			wz, we := t.Way.Words()
			rz, re := notify.ReasonWords(t.Reason)
			x.Why = append(x.Why, p.Tr(wz+"："+rz, we+": "+re))
		}
		p.Failures = append(p.Failures, x)
	}
	if next != 0 {
		p.Pager.Next = messagesPath + "?cursor=" + strconv.FormatInt(next, 10)
	}
	if from > 0 {
		p.Pager.Prev = messagesPath
	}
	p.Empty = web.Empty{Title: p.Tr("没有未送达的消息", "Every message was delivered"), Text: p.Tr("所有方式都失败的消息会出现在这里，排除故障后可以重新发送。", "A message that no way reached waits here; once the trouble is mended it can be sent again.")}
	return k.views.messages.Render(w, r, http.StatusOK, p)
}

func waysTable(p web.Page, o notify.Overview) web.Table {
	t := web.Table{Caption: p.Tr("各种方式", "The ways"), Heads: []web.Head{{Text: p.Tr("方式", "Way")}, {Text: p.Tr("等到早上", "Wait for the morning")}, {Text: p.Tr("正在发送", "On their way")},
		{Text: p.Tr("近一天失败", "Failed in a day")}, {Text: p.Tr("本次启动以来：发出 / 送达 / 失败", "Since the start: sent / delivered / failed")}}}
	for _, f := range o.Ways {
		zh, en := f.Way.Words()
		row := web.Row{Cells: []web.Cell{{Text: p.Tr(zh, en), Row: true}}}
		if f.Offered {
			for _, n := range []int64{f.Held, f.Sending, f.Failed} {
				row.Cells = append(row.Cells, web.Cell{Text: strconv.FormatInt(n, 10)})
			}
			row.Cells = append(row.Cells, web.Cell{Text: strconv.FormatInt(f.SentHere, 10) + " / " + strconv.FormatInt(f.ArrivedHere, 10) + " / " + strconv.FormatInt(f.LostHere, 10)})
		} else {
			row.Cells = append(row.Cells, web.Cell{Text: p.Tr("没有配置渠道", "no provider")}, web.Cell{}, web.Cell{}, web.Cell{})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (k *Console) retryMessage(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	if err := k.c.Notify.Retry(r.Context(), a, id); err != nil {
		return web.Onward(err, web.Link{Href: messagesPath, Text: web.NewPage(r, "", "").Tr("回到消息渠道", "Back to the messages")})
	}
	k.flash(w, r, "消息已重新排队。", "The message will be sent again.")
	return web.SeeOther(w, r, messagesPath)
}

// textsPage 消息模板: all kinds.
type textsPage struct {
	web.Page
	Table web.Table
	Lang  string
	Other web.Link
}

// textPage is one kind's texts in a language.
type textPage struct {
	web.Page
	Kind   string
	Lang   string
	About  []web.Tag
	Values web.Table
	Parts  []textForm
	Back   web.Link
	Other  web.Link
}

// textForm is one part.
type textForm struct {
	Part     string
	Name     string
	From     web.Tag
	Fields   []web.FieldView
	Version  int64
	Own      bool
	Preview  string
	Measure  string
	Versions web.Table
}

func (k *Console) texts(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	p := textsPage{Page: k.page(r, a, "texts", "消息模板", "Message texts")}
	p.Lang, p.Other = textLang(p.Page, r, textsPath)
	list, err := k.c.Notify.Kinds(r.Context(), a, p.Lang)
	if err != nil {
		return err
	}
	p.Table = web.Table{Caption: p.Title, Heads: []web.Head{{Text: p.Tr("消息", "Message")}, {Text: p.Tr("类别", "Group")}, {Text: p.Tr("性质", "Nature")}, {Text: p.Tr("模板", "Texts")}}}
	for _, x := range list {
		title := x.Title
		if title == "" {
			title = p.Tr("（标题由业务给出）", "(the title comes from the act)")
		}
		gz, ge, _, _ := x.Group.Words()
		own := p.Tr("平台预置", "as shipped")
		if x.Own {
			own = p.Tr("本市自定", "the city's own")
		}
		p.Table.Rows = append(p.Table.Rows, web.Row{Cells: []web.Cell{{Text: title, Soft: x.Key, Href: textsPath + "/" + x.Key + "?lang=" + p.Lang, Row: true}, {Text: p.Tr(gz, ge)}, {Text: natureWords(p.Page, x.Kind)}, {Text: own}}})
	}
	return k.views.texts.Render(w, r, http.StatusOK, p)
}

func natureWords(p web.Page, k notify.Kind) string {
	var out []string
	if k.Law {
		out = append(out, p.Tr("依法告知", "told by law"))
	}
	if k.Urgent {
		out = append(out, p.Tr("夜间也发", "also at night"))
	}
	return strings.Join(out, p.Tr("、", ", "))
}

// textLang is the language of the texts, and the link to the other.
func textLang(p web.Page, r *http.Request, path string) (string, web.Link) {
	if r.FormValue("lang") == "en" {
		return "en", web.Link{Href: path + "?lang=zh", Text: p.Tr("看中文模板", "The Chinese texts")}
	}
	return "zh", web.Link{Href: path + "?lang=en", Text: p.Tr("看英文模板", "The English texts")}
}

func (k *Console) text(w http.ResponseWriter, r *http.Request) error {
	return k.textPage(w, r, http.StatusOK, nil, nil, nil)
}

// partNames are the parts as people know them.
func partName(p web.Page, part notify.Part) string {
	switch part {
	case notify.Title:
		return p.Tr("标题（一行，其他文本用 {title} 引用）", "Title, one line that others name as {title}")
	case notify.InApp:
		return p.Tr("站内消息", "In the platform")
	case notify.SMSText:
		return p.Tr("短信", "SMS")
	case notify.MailText:
		return p.Tr("电子邮件", "Mail")
	}
	return p.Tr("微信模板消息（标题填模板名称，内容每行一个字段）", "WeChat: the template's key, and a line name=text for each value")
}

// textPage shows a kind; typed is what was just entered, with its problems or
// its preview.
func (k *Console) textPage(w http.ResponseWriter, r *http.Request, status int, typed *notify.TextInput, problems []errs.Field, seen *notify.Preview) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	key := r.PathValue("kind")
	p := textPage{Page: k.page(r, a, "texts", "消息模板", "Message texts"), Kind: key}
	p.Lang, p.Other = textLang(p.Page, r, textsPath+"/"+key)
	p.Back = web.Link{Href: textsPath + "?lang=" + p.Lang, Text: p.Tr("回到消息模板", "Back to the texts")}
	x, err := k.c.Notify.KindOf(r.Context(), a, key, p.Lang)
	if err != nil {
		return err
	}
	if x.Title != "" {
		p.Title = x.Title
	}
	gz, ge, _, _ := x.Group.Words()
	p.About = append(p.About, web.Tag{Text: p.Tr(gz, ge)})
	if n := natureWords(p.Page, x.Kind); n != "" {
		p.About = append(p.About, web.Tag{Tone: web.Info, Text: n})
	}
	p.Values = valueTable(p.Page, x.Kind)
	words := p.FieldErrors(problems, map[string]string{"subject": "f-subject", "body": "f-body"})
	for _, part := range x.Parts {
		f := textForm{Part: string(part.Part), Name: partName(p.Page, part.Part), Version: part.Version, Own: part.From == "city" && part.Of == key, From: fromTag(p.Page, part, key)}
		t, id := part.Text, string(part.Part)
		wrong := map[string]string{}
		if typed != nil && typed.Part == part.Part {
			t, wrong, id = typed.Text, words, ""
			f.Version = typed.Version
			if seen != nil {
				f.Preview, f.Measure = previewWords(p.Page, part.Part, *seen)
			}
		}
		f.Fields = textFields(p.Page, part.Part, id, t, wrong)
		versions, err := k.c.Notify.TextVersions(r.Context(), a, key, p.Lang, part.Part)
		if err != nil {
			return err
		}
		f.Versions = versionTable(p.Page, versions)
		p.Parts = append(p.Parts, f)
	}
	return k.views.text.Render(w, r, status, p)
}

func textFields(p web.Page, part notify.Part, id string, t notify.Text, wrong map[string]string) []web.FieldView {
	name := func(s string) string { return strings.TrimSuffix("f-"+s+"-"+id, "-") }
	body := web.FieldView{ID: name("body"), Name: "body", Widget: "textarea", Label: p.Tr("内容", "Text"), Max: 4000, Value: t.Body, Error: wrong["body"]}
	if part == notify.Title {
		body.Widget, body.Max = "", 60
	}
	if part == notify.Title || part == notify.SMSText {
		return []web.FieldView{body}
	}
	return []web.FieldView{{ID: name("subject"), Name: "subject", Label: p.Tr("标题", "Subject"), Max: 200, Value: t.Subject, Error: wrong["subject"]}, body}
}

func fromTag(p web.Page, part notify.PartText, key string) web.Tag {
	switch {
	case part.From == "":
		return web.Tag{Text: p.Tr("没有", "none")}
	case part.Of != key:
		return web.Tag{Text: p.Tr("沿用 ", "as ") + part.Of}
	case part.From == "city":
		return web.Tag{Tone: web.OK, Text: p.Tr("本市自定", "the city's own")}
	case part.From == "folder":
		return web.Tag{Tone: web.OK, Text: p.Tr("本市配置目录", "from the city's folder")}
	}
	return web.Tag{Text: p.Tr("平台预置", "as shipped")}
}

func valueTable(p web.Page, kind notify.Kind) web.Table {
	t := web.Table{Caption: p.Tr("可以使用的变量", "Values that texts may name"), Heads: []web.Head{{Text: p.Tr("变量", "Value")}, {Text: p.Tr("含义", "Meaning")}, {Text: p.Tr("例子", "Example")}}}
	for _, v := range kind.Values {
		about := p.Tr(v.ZH, v.EN)
		for _, m := range kind.Must {
			if m == v.Name {
				about += p.Tr("；必须写出", "; has to be told")
			}
		}
		if v.Inside {
			about += p.Tr("；只能用在站内消息", "; in the platform alone")
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: "{" + v.Name + "}", Row: true}, {Text: about}, {Text: p.Tr(v.Sample[0], v.Sample[1])}}})
	}
	return t
}

func versionTable(p web.Page, list []notify.TextVersion) web.Table {
	t := web.Table{Caption: p.Tr("修改记录", "Versions"), Heads: []web.Head{{Text: p.Tr("时间", "When")}, {Text: p.Tr("修改人", "By")}, {Text: p.Tr("内容", "Text")}}}
	for _, v := range list {
		words := v.Text.Body
		if v.Text.Subject != "" {
			words = v.Text.Subject + " | " + words
		}
		if v.Off {
			words = p.Tr("恢复平台预置", "back to the shipped text")
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: v.At.In(clock.Shanghai()).Format("2006-01-02 15:04"), Row: true}, {Text: v.By}, {Text: words}}})
	}
	return t
}

func previewWords(p web.Page, part notify.Part, v notify.Preview) (text, measure string) {
	text = v.Body
	if v.Subject != "" {
		text = v.Subject + "\n\n" + v.Body
	}
	for _, d := range v.Data {
		text = strings.TrimSpace(text) + "\n" + d.Name + "：" + d.Value
	}
	if part == notify.SMSText {
		n, parts := strconv.Itoa(v.Characters), strconv.Itoa(v.SMSParts)
		measure = p.Tr("连同签名 "+n+" 个字，按 "+parts+" 条短信计", n+" characters with the sign, "+parts+" SMS")
	}
	return text, measure
}

// setText previews, saves, or goes back to the shipped text.
func (k *Console) setText(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := notify.TextInput{Kind: r.PathValue("kind"), Lang: r.PostForm.Get("lang"), Part: notify.Part(r.PostForm.Get("part")), Text: notify.Text{Subject: r.PostForm.Get("subject"), Body: r.PostForm.Get("body")}}
	if in.Version, err = strconv.ParseInt(r.PostForm.Get("version"), 10, 64); err != nil {
		return web.Malformed(err)
	}
	var seen notify.Preview
	switch r.PostForm.Get("do") {
	case "try":
		if seen, err = k.c.Notify.TryText(r.Context(), a, in); err == nil {
			return k.textPage(w, r, http.StatusOK, &in, nil, &seen)
		}
	case "reset":
		in.Off = true
		_, err = k.c.Notify.SetText(r.Context(), a, in)
	default:
		_, err = k.c.Notify.SetText(r.Context(), a, in)
	}
	at := textsPath + "/" + in.Kind + "?lang=" + in.Lang
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return k.textPage(w, r, http.StatusUnprocessableEntity, &in, e.Fields, nil)
	}
	if err != nil {
		return web.Onward(err, web.Link{Href: at, Text: web.NewPage(r, "", "").Tr("重新查看", "Look again")})
	}
	k.flash(w, r, "模板已保存，马上生效。", "The text is saved and holds at once.")
	return web.SeeOther(w, r, at)
}
