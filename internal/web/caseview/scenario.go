package caseview

import (
	"cmp"
	"net/url"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// ScenarioAnswers reads the answers to the guide's questions 情形 from an address
// or a posted form; what does not fit is as if it were not answered.
func ScenarioAnswers(v *catalog.Version, in url.Values) form.Values {
	asked := url.Values{}
	for _, s := range v.Guide.Scenarios {
		if in.Get(s.Field) != "" {
			asked[s.Field] = in[s.Field]
		}
	}
	values, _, _ := v.Form().Decode(asked)
	for name := range values { // a box that is not ticked reads as no: here it is not answered
		if asked[name] == nil {
			delete(values, name)
		}
	}
	fit, _ := v.ScenarioAnswers(values)
	return fit
}

// ScenarioField puts a question of the form as the guide asks it: with the
// scenario's words, and yes and no to choose from instead of a box to tick.
func ScenarioField(p web.Page, f web.FieldView, s catalog.Scenario, answers form.Values) web.FieldView {
	f.Label, f.Help, f.Optional, f.From = p.Tr(s.Question, cmp.Or(s.QuestionEN, f.Label)), s.Note, false, ""
	if f.Widget == form.Checkbox {
		f.Widget, f.Options = form.Radio, []web.OptionView{
			{ID: f.ID + "-1", Value: "true", Label: p.Tr("是", "Yes"), Checked: answers[s.Field] == true},
			{ID: f.ID + "-2", Value: "false", Label: p.Tr("否", "No"), Checked: answers[s.Field] == false}}
	}
	return f
}

// HiddenAnswers are answers as hidden inputs.
func HiddenAnswers(f *form.Form, answers form.Values) []web.Hidden {
	var out []web.Hidden
	filled := f.Fill(answers, nil)
	for _, fd := range f.Fields() {
		for _, value := range filled[fd.Name] {
			out = append(out, web.Hidden{Name: fd.Name, Value: value})
		}
	}
	return out
}
