package console

import (
	"net/http"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/web"
)

// jobsPage 后台任务: how much waits, and what failed for good.
type jobsPage struct {
	web.Page
	Stats  []web.Stat
	Oldest string
	Dead   []deadJob
	Empty  web.Empty
	Pager  web.Pager
}

// deadJob is a job that waits for a person.
type deadJob struct {
	ID                  int64
	Kind, Owner, Reason string
	Attempt             int
	Died                time.Time
}

const deadRows = 50

// operator is the system administrator who asks.
func (k *Console) operator(r *http.Request) (actor.Actor, error) {
	a, err := k.actor(r)
	if err != nil {
		return a, err
	}
	return a, k.c.Identity.Allow(r.Context(), a, identity.JobManage, identity.Target{}, "jobs")
}

// jobs answers GET /console/jobs.
func (k *Console) jobs(w http.ResponseWriter, r *http.Request) error {
	a, err := k.operator(r)
	if err != nil {
		return err
	}
	d, err := k.c.Jobs.Depth(r.Context())
	if err != nil {
		return err
	}
	after, err := strconv.ParseInt(r.URL.Query().Get("cursor"), 10, 64)
	if err != nil {
		after = 0
	}
	list, err := k.c.Jobs.Dead(r.Context(), after, deadRows+1)
	if err != nil {
		return err
	}
	p := jobsPage{Page: k.page(r, a, "jobs", "后台任务", "Jobs")}
	p.Stats = stats(p.Page, d)
	if !d.Oldest.IsZero() && d.Due > 0 {
		p.Oldest = p.Tr("最早的到期任务应在 ", "The oldest due job should have run at ") + d.Oldest.In(clock.Shanghai()).Format("2006-01-02 15:04:05") + p.Tr(" 执行。", ".")
	}
	if len(list) > deadRows {
		list = list[:deadRows]
		p.Pager.Next = "/console/jobs?cursor=" + strconv.FormatInt(list[deadRows-1].ID, 10)
	}
	if after > 0 {
		p.Pager.Prev = "/console/jobs"
	}
	for _, c := range list {
		p.Dead = append(p.Dead, deadJob{ID: c.ID, Kind: c.Kind, Owner: c.Owner, Reason: c.Error, Attempt: c.Attempt, Died: c.DiedAt})
	}
	p.Empty = web.Empty{Title: p.Tr("没有失败的任务", "No failed job"), Text: p.Tr("反复失败的任务会出现在这里，等待处理。", "Jobs that failed again and again wait here.")}
	return k.views.jobs.Render(w, r, http.StatusOK, p)
}

func stats(p web.Page, d jobs.Depth) []web.Stat {
	s := func(n int64, zh, en string, warn bool) web.Stat {
		return web.Stat{Href: "#dead", Value: strconv.FormatInt(n, 10), Text: p.Tr(zh, en), Warn: warn && n > 0}
	}
	return []web.Stat{s(d.Due, "到期待执行", "Due", false), s(d.Running, "正在执行", "Running", false), s(d.Waiting, "未到时间", "Later", false), s(d.Dead, "失败", "Failed", true)}
}

func (k *Console) requeue(w http.ResponseWriter, r *http.Request) error {
	return k.onJob(w, r, k.c.Jobs.Requeue, "任务已重新排队。", "The job will be tried again.")
}

func (k *Console) discard(w http.ResponseWriter, r *http.Request) error {
	return k.onJob(w, r, k.c.Jobs.Discard, "任务已放弃。", "The job was given up.")
}

func (k *Console) onJob(w http.ResponseWriter, r *http.Request, do jobAct, zh, en string) error {
	a, err := k.operator(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	if err := do(r.Context(), a, id); err != nil {
		return web.Onward(err, web.Link{Href: "/console/jobs", Text: web.NewPage(r, "", "").Tr("回到任务列表", "Back to the jobs")})
	}
	k.flash(w, r, zh, en)
	return web.SeeOther(w, r, "/console/jobs")
}
