package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestRoles walks every route of desk and console as everybody: the district's
// clerk (c), its two reviewers (r), its decider (d), its supervisor (v), the
// system (s), security (e) and audit (a) administrators, a clerk of another
// city (x), an applicant (p), nobody (n). A route lists who gets which answer;
// who is not named gets 403. Posts carry nothing: whoever may act is told what
// is missing (422) or that there is no such thing.
func TestRoles(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		docs, err := c.Casework.View(t.Context(), c.Company("yunhe-shizheng", "jiang-tao"), no)
		c.Must(err)
		doc := docs.Documents[0].ID
		file := docs.Materials[1].Handed.Files[0].File
		unit := c.Refs.Units["lx-zx"]
		asked, err := c.Consult.Ask(t.Context(), c.Company("yunhe-shizheng", "jiang-tao"), consult.AskInput{Kind: consult.Question, CaseNo: no, Words: "办到哪一步了？"})
		c.Must(err)
		who := map[byte]*worktest.Browser{'n': c.Browser(), 'p': c.LoginPerson("jiangtao")}
		for key, login := range map[byte]string{'c': "clerk-lx", 'r': "reviewer-lx-cgj", 'd': "decider-lx-spj", 'v': "supervisor-lx", 's': "sysadmin", 'e': "secadmin", 'a': "auditadmin", 'x': "clerk-jy"} {
			who[key] = c.Login(login)
		}
		type answers map[int]string // status → who
		gets := map[string]answers{
			"/desk": {200: "crdx", 303: "vsea"}, "/desk/me": {200: "crdvseax"}, "/desk/search": {200: "crdvx"}, "/desk/search?no=99999": {200: "crdvx"},
			fmt.Sprintf("/desk?role=window-clerk&unit=%d", unit): {200: "c", 403: "rdx", 303: "vsea"},
			"/desk/cases/" + no: {200: "crdv", 404: "seax"}, "/desk/cases/unknown": {404: "crdvseax"},
			fmt.Sprintf("/desk/cases/%s/files/%d", no, file): {200: "crdv", 404: "seax"},
			"/desk/cases/" + no + "/clocks/1":                {200: "crdv", 404: "seax"}, "/desk/cases/" + no + "/clocks/9": {404: "crdvseax"},
			"/desk/cases/" + no + "/archive":                      {409: "dv", 403: "cr", 404: "seax"},
			fmt.Sprintf("/desk/documents/%d/print", doc):          {409: "crdv", 404: "seax"},
			fmt.Sprintf("/desk/documents/%d/photo/%d", doc, file): {404: "crdvseax"},
			fmt.Sprintf("/desk/documents/%d", doc):                {200: "crdv", 404: "seax"},
			"/desk/cases/" + no + "/acts/request-correction":      {200: "c", 303: "rdv", 404: "seax"},
			"/desk/intake":                                    {200: "cx"},
			"/desk/intake?who=person.1.00000000":              {404: "cx"},
			"/desk/appointments":                              {200: "cxv"},
			"/desk/assist":                                    {200: "cx"},
			"/desk/assist/1":                                  {404: "crdvseax"},
			"/desk/consult":                                   {200: "crdvx"},
			fmt.Sprintf("/desk/consult?unit=%d", unit):        {200: "cv"},
			"/desk/consult/new":                               {200: "cx"},
			"/desk/consult/" + asked.No:                       {200: "cdv", 404: "rseax"},
			"/console/consult":                                {200: "v"},
			"/console/consult/items/" + asked.ItemCode:        {200: "v"},
			"/desk/keys":                                      {200: "crdvseax"},
			"/desk/results":                                   {200: "cx"},
			fmt.Sprintf("/desk/results?centre=%d", unit):      {200: "c"},
			"/desk/papers":                                    {200: "crdx"},
			fmt.Sprintf("/desk/papers?unit=%d", unit):         {200: "c"},
			"/desk/papers/1":                                  {404: "crdvseax"},
			"/desk/ending":                                    {200: "rdv", 403: "cseax"},
			fmt.Sprintf("/desk/appointments?centre=%d", unit): {200: "cv", 403: "x"},
			"/desk/apply/123/check":                           {404: "crdvseax"},
			"/console":                                        {200: "v", 303: "sea"},
			"/console/list?figure=late":                       {200: "v"},
			"/console/audit":                                  {200: "a"},
			"/console/jobs":                                   {200: "s"},
			"/console/messages":                               {200: "s"},
			"/console/texts":                                  {}, // the data steward's: TestMessageTexts
			"/console/texts/case.accept":                      {},
			"/console/centres":                                {200: "v"}, "/console/centres/lx-zx": {200: "v"}, "/console/centres/lx": {404: "crdvseax"}, "/console/placements": {200: "v"}, "/console/placements/0": {404: "crdvseax"},
			"/console/subscribers":                      {200: "s"},
			"/console/subscribers/1":                    {404: "s"},
			fmt.Sprintf("/console/staff?unit=%d", unit): {200: "sea"},
			"/desk/cases/" + no + "/publicity":          {200: "crdv", 404: "seax"}, "/console/publicity": {200: "dv"},
			"/desk/fees": {200: "cdx"}, "/desk/fees/J20260302999999": {404: "crdvseax"}, "/console/fees": {200: "v"},
			fmt.Sprintf("/console/staff/%d", c.Refs.Staff["li"]):       {403: "sea"},
			fmt.Sprintf("/console/staff/%d", c.Refs.Staff["clerk-lx"]): {200: "sea"},
		}
		posts := map[string]answers{
			"/desk/cases/" + no + "/acts/accept":                       {422: "c", 409: "rdv", 404: "seax"},
			"/desk/cases/" + no + "/acts/decide":                       {409: "crdv", 404: "seax"},
			"/desk/cases/" + no + "/acts/deem-accepted":                {409: "crdv", 404: "seax"},
			"/desk/cases/" + no + "/acts/request-correction":           {422: "c", 409: "rdv", 404: "seax"},
			"/desk/cases/" + no + "/unmask":                            {422: "crd", 404: "seax"},
			fmt.Sprintf("/desk/documents/%d/serve", doc):               {422: "c", 403: "rdv", 404: "seax"},
			"/desk/cases/" + no + "/mend":                              {422: "c", 404: "seax"},
			"/desk/cases/" + no + "/correct":                           {409: "crdv", 404: "seax"},
			fmt.Sprintf("/desk/units/%d/fair", c.Refs.Units["lx-spj"]): {303: "d"},
			"/desk/intake/party":                                       {422: "cx"},
			"/desk/intake/register":                                    {422: "cx"},
			"/desk/intake/start":                                       {404: "cx"},
			"/desk/me/password":                                        {422: "crdvseax"},
			"/console/audit/verify":                                    {200: "a"},
			"/console/centres/lx-zx/name":                              {}, "/console/centres/lx-zx/branches": {}, "/console/centres/lx-zx/branches/1/end": {404: "crdvseax"}, "/console/placements/0": {}, "/console/placements/0/1/end": {404: "crdvseax"},
			"/console/subscribers":             {422: "s"},
			"/console/subscribers/1/active":    {404: "s"},
			"/console/subscribers/1/replay":    {404: "s"},
			"/console/subscribers/1/test":      {404: "s"},
			"/console/subscribers/1/remove":    {404: "s"},
			"/desk/intake/no-sms":              {404: "cx"},
			"/console/messages/1/retry":        {409: "s"},
			"/console/texts/case.accept":       {400: "crdvseax"},
			"/console/jobs/1/requeue":          {409: "s"},
			"/console/jobs/1/discard":          {409: "s"},
			"/console/staff":                   {422: "sea", 403: "crdvx"},
			"/desk/papers":                     {422: "crdx"},
			"/desk/papers/1":                   {404: "crdvseax"},
			"/desk/results":                    {422: "cx"},
			"/desk/assist":                     {404: "cx"},
			"/desk/assist/1":                   {404: "crdvseax"},
			"/desk/assist/1/paper":             {404: "crdvseax"},
			"/desk/consult":                    {422: "cx"},
			"/desk/consult/" + asked.No:        {409: "cdv", 404: "rseax"},
			"/console/consult/proposals/1":     {404: "crdvseax"},
			"/desk/cases/" + no + "/papers":    {422: "crd", 403: "v", 404: "seax"},
			"/desk/cases/" + no + "/publicity": {422: "cd", 403: "rv", 404: "seax"}, "/desk/cases/" + no + "/publicity/1/answer": {404: "crdvseax"},
			"/desk/fees/till": {422: "cx"}, "/desk/fees/J20260302999999/take": {404: "crdvseax"}, "/console/fees/match": {422: "v"}, "/console/fees/differences/1": {422: "v"},
			fmt.Sprintf("/console/staff/%d/grant", c.Refs.Staff["clerk-lx"]):  {422: "sea"},
			fmt.Sprintf("/console/staff/%d/revoke", c.Refs.Staff["clerk-lx"]): {422: "sea"},
		}
		walk := func(method, path string, want answers, do func(*worktest.Browser) worktest.Page) {
			codes := map[byte]int{}
			for code, keys := range want {
				for i := range len(keys) {
					codes[keys[i]] = code
				}
			}
			for key, b := range who {
				p := do(b)
				expect := codes[key]
				if expect == 0 {
					expect = http.StatusForbidden
				}
				if key == 'n' || key == 'p' { // the desk has its own login
					if expect = http.StatusUnauthorized; method == http.MethodGet {
						expect = http.StatusSeeOther
					}
				}
				if p.Code != expect {
					t.Errorf("%s %s as %c: %d, want %d: %.200s", method, path, key, p.Code, expect, p.Text())
				}
			}
		}
		for path, want := range gets {
			walk(http.MethodGet, path, want, func(b *worktest.Browser) worktest.Page { return b.Get(path) })
		}
		for path, want := range posts {
			walk(http.MethodPost, path, want, func(b *worktest.Browser) worktest.Page { return b.Post(path, url.Values{}) })
		}
		c.Later(time.Minute)
		disable := fmt.Sprintf("/console/staff/%d/disable", c.Refs.Staff["clerk-lx"])
		walk(http.MethodPost, disable, answers{303: "s", 403: "crdveax"}, func(b *worktest.Browser) worktest.Page { return b.Post(disable, url.Values{"disabled": {"false"}}) })
		reset := fmt.Sprintf("/console/staff/%d/reset", c.Refs.Staff["clerk-lx"])
		walk(http.MethodPost, reset, answers{404: "s"}, func(b *worktest.Browser) worktest.Page { return b.Post(reset, url.Values{}) }) // demo accounts keep theirs
	})
}
