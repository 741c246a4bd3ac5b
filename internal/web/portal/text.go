package portal

import (
	"net/http"

	"github.com/tongban/tongban/internal/web"
)

func (p *Portal) help(w http.ResponseWriter, r *http.Request) error {
	pg := TextPage{Page: p.newPage(r, "", "帮助", "Help")}
	tr := pg.Tr
	pg.Lead = tr("办不了、看不懂、不会用，都可以打电话或者到大厅找人帮忙。", "If something does not work or is not clear, call or come: people will help.")
	pg.Sections = []TextSection{
		{Title: tr("打电话", "By phone"), Text: []string{tr("12345 政务服务便民热线，可以咨询、投诉，也可以反映“办不成事”。", "Call 12345 for questions and complaints.")}},
		{Title: tr("到大厅", "In person"), Text: []string{tr("每个政务服务中心都有帮办代办窗口和“办不成事”反映窗口。不会用手机、没有手机，都可以在窗口直接办。", "Every centre has a window that helps with applications; no phone is needed.")},
			Links: []web.Link{{Href: "/centres", Text: tr("查找办事大厅", "Find a service centre")}}},
		{Title: tr("怎么在网上办", "How to apply online"), Text: []string{
			tr("第一步：搜索要办的事，打开办事指南，看清条件、材料和时限。", "First, find the service and read its guide."),
			tr("第二步：登录后点“在线办理”，按步骤填写。填过的内容会自动保存，随时可以回来接着填。", "Second, log in and follow the steps; what you fill in is saved."),
			tr("第三步：提交后会得到办件编号。在“我的办件”里能看到每一步和还剩多少时间。", "Third, hand it in; you get a case number and can follow every step.")}},
		{Title: tr("替别人办、替单位办", "Acting for others"), Text: []string{tr("登录后在“为谁办事”里切换。法定代表人可以直接为单位办；其他人需要先得到授权。", "After logging in, choose for whom you act. Others than the legal representative need a mandate.")},
			Links: []web.Link{{Href: "/my/mandates", Text: tr("管理授权", "Mandates")}}},
		{Title: tr("时限是怎么算的", "How limits are reckoned"), Text: []string{tr("受理、办理、送达的时限按工作日计算，节假日和周末不算。办件页面上的每个日期都能点开看是怎么算出来的。", "Limits are counted in working days. Every date on a case page can be opened to see how it was reckoned.")}},
		{Title: tr("事项有变化", "When services change"), Text: []string{tr("事项新增、变更、合并、取消，或者换一级办理，都会先公告。已经受理的办件不受影响。", "Services that are added, changed, merged, cancelled or moved to another level are announced first. Accepted cases are not affected.")},
			Links: []web.Link{{Href: "/adjustments", Text: tr("查看事项动态调整公告", "See the notices")}}},
	}
	return p.v.text.Render(w, r, http.StatusOK, pg)
}

func (p *Portal) privacy(w http.ResponseWriter, r *http.Request) error {
	pg := TextPage{Page: p.newPage(r, "", "隐私与个人信息", "Privacy")}
	tr := pg.Tr
	pg.Lead = tr("只收集办事需要的信息，用在哪里都有记录，您可以查看。", "We collect only what a service needs, and every use is recorded for you to see.")
	pg.Sections = []TextSection{
		{Title: tr("收集什么", "What is collected"), Text: []string{tr("每个事项用到哪些信息、由谁处理、做什么用、保存多久，在申请的第一页都会告知，您知晓后才会继续。", "The first page of every application says which data is processed, by whom, why and how long.")}},
		{Title: tr("怎么保护", "How it is protected"), Text: []string{tr("身份证号码、电话、地址、申请内容和上传的文件都加密保存，页面上遮盖显示。工作人员查看完整内容必须写明用途，并留下记录。", "ID numbers, phones, addresses, applications and files are stored encrypted and shown masked. Staff must state a purpose to see them, and it is recorded.")}},
		{Title: tr("您的权利", "Your rights"), Text: []string{tr("您可以查看和更正自己的资料，查看电子证照被谁使用过，撤回还没有办结的申请。", "You may see and correct your data, see every use of your licences, and withdraw an application.")},
			Links: []web.Link{{Href: "/my/profile", Text: tr("个人资料", "Profile")}, {Href: "/my/licences", Text: tr("我的证照", "My licences")}}},
		{Title: tr("浏览器里保存什么", "What the browser keeps"), Text: []string{tr("只保存登录状态，以及语言和长辈版的选择。没有第三方脚本，不跟踪。", "The session and your choice of language and type size; no third parties, no tracking.")}},
	}
	return p.v.text.Render(w, r, http.StatusOK, pg)
}

func (p *Portal) accessibility(w http.ResponseWriter, r *http.Request) error {
	pg := TextPage{Page: p.newPage(r, "", "无障碍", "Accessibility")}
	tr := pg.Tr
	pg.Lead = tr("每个人都应该能自己办成事。", "Everybody should be able to get things done.")
	pg.Sections = []TextSection{
		{Title: tr("怎么用", "How to use it"), Text: []string{
			tr("页面右上角可以打开长辈版：字更大、按钮更大、选择更少。", "Large type can be switched on at the top of every page: larger type and buttons, fewer choices."),
			tr("只用键盘也能办理：Tab 键移动，回车键确认；每页第一个链接可以跳到正文。", "A keyboard is enough: Tab moves, Enter confirms; the first link of every page skips to the content."),
			tr("可以放大到 200% 以上，手机、平板、电脑都能用；关闭脚本也能办完。", "It can be enlarged beyond 200 %, works on phones and computers, and without scripts."),
			tr("读屏软件能读出每个输入框的说明和错误。", "Screen readers read every question with its help and errors.")}},
		{Title: tr("遇到困难", "If something does not work"), Text: []string{tr("请拨打 12345 告诉我们，或者到任何一个大厅，由工作人员帮您办。", "Call 12345, or come to any centre where staff will help.")},
			Links: []web.Link{{Href: "/centres", Text: tr("查找办事大厅", "Find a service centre")}}},
	}
	return p.v.text.Render(w, r, http.StatusOK, pg)
}
