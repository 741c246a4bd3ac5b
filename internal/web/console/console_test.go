package console_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestOverview: every number leads to the list behind it, and the list to the
// case.
func TestOverview(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		c.Apply()
		c.Later(10 * 24 * time.Hour) // past the receipt limit; the platform has not acted
		c.Must(c.Assess.Rebuild(t.Context()))
		b := c.Login("supervisor-lx")
		p := b.Get("/console").Status(http.StatusOK).Has("监督概览", "梁溪区行政审批局", "梁溪区", "超期", "按部门", "按区划", `figure=late`)
		i := strings.Index(p.Body, "/console/list?figure=late")
		path := strings.ReplaceAll(p.Body[i:i+strings.IndexByte(p.Body[i:], '"')], "&amp;", "&")
		b.Get(path).Status(http.StatusOK).Has("占用、挖掘城市道路审批", "超期", no[31:], "现在")
		b.Get("/desk/cases/"+no+"?from="+url.QueryEscape(path)).Status(http.StatusOK).Has("回到列表", "figure=late")
		b.Get("/console?from=2026-03-05&to=2026-03-01").Status(http.StatusUnprocessableEntity).Has("看最近30天")
		b.Get("/console?from=tomorrow").Status(http.StatusUnprocessableEntity)
		b.Get("/console/list?figure=nothing").Status(http.StatusNotFound)
		b.Get(fmt.Sprintf("/console?unit=%d", c.Refs.Units["jy-spj"])).Status(http.StatusForbidden) // another district's
	})
}

// TestQuality: the figures of completeness lead to the lists behind them; a
// steward sees those of the own district only.
func TestQuality(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		b := c.Login("steward-lx")
		p := b.Get("/console/items/quality").Status(http.StatusOK).Has("指南完整度", "平均完整度", "按区划", "梁溪区行政审批局", "缺得最多的", "/console/items/quality/list?lacks=").Lacks("江阴市行政审批局")
		i := strings.Index(p.Body, "/console/items/quality/list?lacks=")
		path := strings.ReplaceAll(p.Body[i:i+strings.IndexByte(p.Body[i:], '"')], "&amp;", "&")
		b.Get(path).Status(http.StatusOK).Has("占用、挖掘城市道路审批", "缺：", "回到完整度")
		b.Get(fmt.Sprintf("/console/items/quality?unit=%d", c.Refs.Units["lx-spj"])).Status(http.StatusOK).Has("看全部")
		b.Get("/console/items/quality/list?band=full&unit=" + fmt.Sprint(c.Refs.Units["lx-spj"])).Status(http.StatusOK)
		b.Get(fmt.Sprintf("/console/items/quality?unit=%d", c.Refs.Units["jy-spj"])).Status(http.StatusForbidden)
		b.Get("/console/items/quality/list?band=best").Status(http.StatusNotFound)
		b.Get("/console/items/quality/list?lacks=nothing").Status(http.StatusNotFound)
		b.Get("/console/items/quality/list?cursor=x").Status(http.StatusBadRequest)
		b.Get("/console/items/quality?unit=x").Status(http.StatusNotFound)
		c.Login("clerk-lx").Get("/console/items/quality").Status(http.StatusForbidden)
	})
}

// TestMessageTexts: the data steward tries a text, is told what is wrong with it,
// keeps it, and goes back; nobody else does.
func TestMessageTexts(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		const path = "/console/texts/case.accept"
		b := c.Login("data-wx")
		b.Get("/console/texts").Status(http.StatusOK).Has("您的申请已受理", "依法告知", path)
		b.Get(path).Status(http.StatusOK).Has("{correctBy}", "沿用 case", "必须写出")
		b.Get(path + "?lang=en").Status(http.StatusOK).Has("Your application was accepted")
		b.Get("/console/texts/nothing").Status(http.StatusNotFound)
		send := func(do, version, body string) worktest.Page {
			return b.Post(path, url.Values{"do": {do}, "lang": {"zh"}, "part": {"sms"}, "version": {version}, "body": {body}})
		}
		send("try", "0", "{title}，编号{no}").Status(http.StatusOK).Has("预览（例子）", "您的申请已受理，编号113", "按 1 条短信计")
		send("save", "0", "{phone}").Status(http.StatusUnprocessableEntity).Has("没有变量 {phone}")
		send("try", "0", "{title}").Status(http.StatusUnprocessableEntity).Has("必须写出 {no}")
		send("save", "0", "本市：{title}，{no}").To(path)
		b.Get(path).Status(http.StatusOK).Has("本市自定", "本市：{title}，{no}", "宋启航", "恢复平台预置")
		send("save", "0", "{no}").Status(http.StatusConflict).Has("刚刚被别人改过")
		version := b.Get(path).Status(http.StatusOK)
		i := strings.Index(version.Body, `name="part" value="sms"`)
		at := version.Body[i:]
		at = at[strings.Index(at, `name="version" value="`)+len(`name="version" value="`):]
		send("reset", at[:strings.IndexByte(at, '"')], "").To(path)
		b.Get(path).Status(http.StatusOK).Has("恢复平台预置", "沿用 case")
		c.Login("sysadmin").Get(path).Status(http.StatusForbidden)
		c.Login("sysadmin").Get("/console/messages").Status(http.StatusOK).Has("没有未送达的消息", "没有配置渠道")
		b.Get("/console/messages").Status(http.StatusForbidden)
	})
}

func TestAudit(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		_, err := c.Sealer.Seal(t.Context())
		c.Must(err)
		b := c.Login("auditadmin")
		b.Get("/console").To("/console/audit")
		b.Get("/console/audit").Status(http.StatusOK).Has("case.submit", "case/"+no, "蒋涛", "完成")
		b.Get("/console/audit?act=case.accept").Status(http.StatusOK).Has("没有符合条件的记录")
		b.Get("/console/audit?subject=case%2F" + no).Status(http.StatusOK).Has("case.submit").Lacks("case.draft")
		b.Post("/console/audit/verify", nil).Status(http.StatusOK).Has("审计日志完整")
		var n int
		c.Must(c.DB.Read(t.Context()).QueryRow(`SELECT count(*) FROM audit_record WHERE act = 'audit.verify'`).Scan(&n))
		if n != 1 {
			t.Errorf("checking the log left %d records", n)
		}
	})
}

func TestJobs(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		ctx := t.Context()
		broken := true
		c.Jobs.Handle("test.fails", func(context.Context, jobs.Job) error {
			if broken {
				return jobs.Permanent(errors.New("no such place"))
			}
			return nil
		})
		for range 2 {
			c.Must(c.DB.Write(ctx, "test", func(tx *db.Tx) error { return jobs.Enqueue(tx, jobs.Job{Kind: "test.fails"}) }))
		}
		_, err := c.Jobs.Drain(ctx)
		c.Must(err)
		b := c.Login("sysadmin")
		p := b.Get("/console/jobs").Status(http.StatusOK).Has("test.fails", "no such place", "重新执行")
		i := strings.Index(p.Body, "/console/jobs/")
		requeue := p.Body[i : i+strings.IndexByte(p.Body[i:], '"')]
		broken = false
		b.Post(requeue, nil).To("/console/jobs")
		_, err = c.Jobs.Drain(ctx)
		c.Must(err)
		b.Post(requeue, nil).Status(http.StatusConflict).Has("回到任务列表")
		p = b.Get("/console/jobs")
		i = strings.Index(p.Body, "/console/jobs/")
		b.Post(strings.Replace(p.Body[i:i+strings.IndexByte(p.Body[i:], '"')], "requeue", "discard", 1), nil).To("/console/jobs")
		b.Get("/console/jobs").Has("没有失败的任务", "任务已放弃")
		b.Post("/console/jobs/x/requeue", nil).Status(http.StatusNotFound)
	})
}

// TestStaff: the system administrator makes an account, the security
// administrator gives it a role; neither can do the other's work, and nobody
// his own.
func TestStaff(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		sys, sec := c.Login("sysadmin"), c.Login("secadmin")
		at := "/console/staff?unit=" + fmt.Sprint(c.Refs.Units["lx-cgj"])
		form := sys.Get(at).Status(http.StatusOK).Has("三员分立", "建立账号", "邱欣悦").Form("/console/staff")
		for k, v := range map[string][2]string{"bad": {"LI JING!", "李静"}, "taken": {"clerk-lx", "李静"}, "nameless": {"li-jing", ""}} {
			form.Set("login", v[0])
			form.Set("name", v[1])
			if got := sys.Post("/console/staff", form).Status(http.StatusUnprocessableEntity); k == "taken" {
				got.Has("这个账号已被使用")
			}
		}
		form.Set("login", "li-jing")
		form.Set("name", "李静")
		made := sys.Post("/console/staff", form).Status(http.StatusOK).Has("只显示这一次", "初始密码", "otpauth://")
		i := strings.Index(made.Body, `href="/console/staff/`)
		member := made.Body[i+6 : i+6+strings.IndexByte(made.Body[i+6:], '"')]
		sys.Get(member).Status(http.StatusOK).Has("没有角色", "停用账号").Lacks("授予</button>")
		sys.Post(member+"/grant", url.Values{"role": {"reviewer"}, "unit": {fmt.Sprint(c.Refs.Units["lx-cgj"])}}).Status(http.StatusForbidden)
		sec.Post("/console/staff", form).Status(http.StatusForbidden)
		sec.Post(member+"/disable", url.Values{"disabled": {"true"}}).Status(http.StatusForbidden)

		grant := sec.Get(member).Status(http.StatusOK).Has("授予角色").Lacks("停用账号").Form(member + "/grant")
		sec.Post(member+"/grant", grant).Status(http.StatusUnprocessableEntity)
		grant.Set("role", "reviewer")
		grant.Set("unit", fmt.Sprint(c.Refs.Units["lx-cgj"]))
		sec.Post(member+"/grant", grant).To(member)
		sec.Get(member).Has("审查", "梁溪区城市管理局", "收回")
		sec.Post(member+"/revoke", grant).To(member)
		sec.Get(member).Has("没有角色")

		self := "/console/staff/" + fmt.Sprint(c.Refs.Staff["secadmin"])
		grant.Set("role", "window-clerk")
		sec.Get(self).Has("自己的账号").Lacks("授予角色")
		sec.Post(self+"/grant", grant).Status(http.StatusForbidden)
		auditor := "/console/staff/" + fmt.Sprint(c.Refs.Staff["auditadmin"])
		grant.Set("role", string(actor.SystemAdmin))
		grant.Set("unit", fmt.Sprint(c.Refs.Units["wx-gov"]))
		sec.Post(auditor+"/grant", grant).Status(http.StatusUnprocessableEntity).Has("须由不同人员担任")

		clerk := c.Login("clerk-lx")
		sys.Post("/console/staff/"+fmt.Sprint(c.Refs.Staff["clerk-lx"])+"/disable", url.Values{"disabled": {"true"}}).To("/console/staff/")
		clerk.Get("/desk").To("/desk/login")
		sys.Post(member+"/reset", nil).Status(http.StatusOK).Has("凭据已重置", "otpauth://")
	})
}
