package journey

import (
	"strings"
	"testing"
)

// password is that of every account of the sample city.
const password = "tongban-demo"

// login lets a person of the sample city in, from the home page.
func (p *person) login(account string) {
	p.t.Helper()
	p.open("/")
	p.follow("登录")
	p.fill("账号、手机号码或者身份证号码", account)
	p.fill("密码", password)
	p.follow("登录")
	p.see("我的")
}

// as lets a staff member of the city do something; one journey at a time has
// their tab, which becomes the device it asks for. They log in once, with
// password and code.
func (l *look) as(t *testing.T, c *city, account string, on device, do func(p *person)) {
	t.Helper()
	c.mu.Lock()
	m := c.staff[account]
	if m == nil {
		m = &member{}
		c.staff[account] = m
	}
	c.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tab == nil {
		p, leave := l.enter(t, c, on, account)
		l.closing(leave)
		p.open("/desk")
		p.fill("账号", account)
		p.fill("密码", password)
		p.fill("动态口令", c.code(t, account))
		p.follow("登录")
		m.tab = p
	}
	m.tab.t = t
	if m.tab.on != on {
		m.tab.on = on
		m.tab.do("take the "+on.name, on.window(), scripts(!on.still))
	}
	do(m.tab)
}

// toCase opens a case from the work list, the nearest deadline first; a long
// list is left for the search by the last digits.
func (p *person) toCase(no string) {
	p.t.Helper()
	p.open("/desk")
	item := itemOf(p, no)
	if !contains(p.text(), item+shortNo(no)) {
		p.follow("查找办件")
		p.fill("办件编号", no[len(no)-8:])
		p.follow("查找")
	}
	p.followIn(item+shortNo(no), item)
	p.see(no)
}

// shortNo is how the desk writes a case number in lists: day and sequence.
func shortNo(no string) string { return no[31:39] + "-" + no[39:] }

// itemOf is the name by which the list shows a case.
func itemOf(p *person, no string) string {
	for code, name := range items {
		if strings.Contains(no, code) {
			return name
		}
	}
	p.fail("no name for the item of %s", no)
	return ""
}

// items are those that the journeys go through, by basic code.
var items = map[string]string{
	"320199001000": "食品经营许可（新办）",
	"320199002000": "占用、挖掘城市道路审批",
	"322099003000": "残疾人证换领",
	"320799004000": "结婚登记（内地居民）",
	"320599026000": "尊老金（高龄津贴）发放",
	"322099005000": "社会保险参保缴费证明打印（个人）",
	"320199014000": "人力资源服务许可（职业中介活动）",
}

// caseNo is the case number in the address of its page.
func (p *person) caseNo() string {
	p.t.Helper()
	parts := strings.Split(strings.SplitN(p.path(), "?", 2)[0], "/")
	no := parts[len(parts)-1]
	if len(no) < 43 {
		p.fail("no case number in the address %s", p.path())
	}
	return no
}

// awaitCase opens a case again until the platform has done its own part.
func (p *person) awaitCase(no string, words ...string) {
	p.t.Helper()
	p.awaitAt("/my/cases/"+no, words...)
}
