package portal

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
)

// AppointmentPage 预约 chooses when to come to the window.
type AppointmentPage struct {
	web.Page
	Item, No string
	Centre   web.Link
	Action   string
	Days     []web.FieldView // one question each; together they are one choice
	Empty    web.Empty
	Wrong    string
}

func (p *Portal) showAppointment(w http.ResponseWriter, r *http.Request) error {
	return p.appointmentPage(w, r, http.StatusOK, nil)
}

// comes finds the case, which must wait for a visit with an appointment.
func (p *Portal) comes(r *http.Request) (*casework.View, error) {
	a, err := p.person(r)
	if err != nil {
		return nil, err
	}
	v, err := p.Casework.View(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return nil, err
	}
	if v.Case.State != casework.Prechecked || !v.Version.Guide.Basics.Appointment {
		return nil, web.Onward(casework.ErrNotOffered, web.Link{Href: "/my/cases/" + v.Case.No, Text: "查看办件"})
	}
	return v, nil
}

func (p *Portal) appointmentPage(w http.ResponseWriter, r *http.Request, status int, problems []errs.Field) error {
	v, err := p.comes(r)
	if err != nil {
		return err
	}
	days, err := p.Channel.Slots(r.Context(), v.Case.ReceivingUnitID, v.Case.ItemID, 0)
	if err != nil {
		return err
	}
	pg := AppointmentPage{Page: p.newPage(r, "my", "预约到窗口的时间", "Book a time"), Item: v.Case.ItemName, No: v.Case.No,
		Centre: web.Link{Href: "/centres/" + v.Receiving.Key, Text: v.Receiving.Name}, Action: "/my/cases/" + v.Case.No + "/appointment"}
	pg.Crumbs = []web.Link{{Href: "/my/cases/" + v.Case.No, Text: pg.Item}, {Text: pg.Title}}
	for _, d := range days {
		day := d.Date.String()
		f := web.FieldView{ID: "f-" + day, Name: "slot", Widget: "radio", Label: pg.Tr(d.Date.Start().Format("1月2日")+weekday(d.Date), d.Date.Start().Format("Monday 2 January"))}
		for _, s := range d.Slots {
			if s.Free == 0 {
				continue
			}
			f.Options = append(f.Options, web.OptionView{ID: "f-" + day + "-" + strings.ReplaceAll(s.At, ":", ""), Value: day + "_" + s.At,
				Label: s.At + "–" + s.Until, Soft: pg.Tr("余 "+strconv.Itoa(s.Free), strconv.Itoa(s.Free)+" left")})
		}
		if len(f.Options) > 0 {
			pg.Days = append(pg.Days, f)
		}
	}
	first := ""
	if len(pg.Days) > 0 {
		first = pg.Days[0].Options[0].ID
	}
	pg.Wrong = pg.FieldErrors(problems, map[string]string{"slot": first})["slot"]
	pg.Empty = web.Empty{Title: pg.Tr("最近两周已经约满", "The next two weeks are full"), Text: pg.Tr("也可以直接到窗口取号办理。", "You may also come without an appointment."), Link: pg.Centre}
	return p.v.appointment.Render(w, r, status, pg)
}

func weekday(d clock.Date) string {
	return [...]string{"（周日）", "（周一）", "（周二）", "（周三）", "（周四）", "（周五）", "（周六）"}[d.Weekday()]
}

func (p *Portal) book(w http.ResponseWriter, r *http.Request) error {
	v, err := p.comes(r)
	if err != nil {
		return err
	}
	a, err := p.person(r)
	if err != nil {
		return err
	}
	day, slot, _ := strings.Cut(r.PostFormValue("slot"), "_")
	d, err := clock.ParseDate(day)
	if err != nil {
		return p.appointmentPage(w, r, http.StatusUnprocessableEntity, []errs.Field{{Path: "slot", Code: "required", ZH: "请选择一个时间", EN: "Choose a time"}})
	}
	_, err = p.Channel.Book(r.Context(), a, channel.Booking{CentreID: v.Case.ReceivingUnitID, ItemID: v.Case.ItemID, ItemName: v.Case.ItemName, Day: d, Slot: slot, CaseNo: v.Case.No})
	if errors.Is(err, channel.ErrFull) || errors.Is(err, channel.ErrNotOffered) || errors.Is(err, channel.ErrBooked) {
		e := errs.Of(err)
		return p.appointmentPage(w, r, e.Kind.Status(), []errs.Field{{Path: "slot", Code: e.Code, ZH: e.ZH, EN: e.EN}})
	}
	if err != nil {
		return err
	}
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr("预约成功，请按时到窗口。", "Booked; please come in time."))
	return web.SeeOther(w, r, "/my/cases/"+v.Case.No)
}

func (p *Portal) cancelAppointment(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	if err := p.Channel.Cancel(r.Context(), a, id); err != nil {
		return err
	}
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr("预约已取消。", "The appointment is cancelled."))
	to := "/my/cases/" + r.PostFormValue("case")
	if !web.SamePath(to) {
		to = "/my/cases"
	}
	return web.SeeOther(w, r, to)
}
