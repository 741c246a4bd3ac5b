package console

import (
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/web"
)

// actWords names an act of the audit log; its code for one without a name.
func actWords(p web.Page, act string) string {
	if name, ok := strings.CutPrefix(act, "case."); ok {
		for _, m := range casework.Table {
			if string(m.Act) == name {
				return p.Tr(m.ZH, m.EN)
			}
		}
	}
	for _, w := range otherActs() {
		if w[0] == act {
			return p.Tr(w[1], w[2])
		}
	}
	return act
}

// otherActs are the acts that no state table names: code, Chinese, English.
func otherActs() [][3]string {
	return [][3]string{
		{"login", "登录", "Log in"}, {"session.open", "建立会话", "Session opened"}, {"session.end", "退出", "Log out"}, {"session.end-all", "结束其他会话", "Other sessions ended"},
		{"session.switch", "切换身份", "Switched identity"}, {"token.issue", "签发令牌", "Token issued"}, {"password.change", "修改密码", "Password changed"},
		{"case.draft", "开始填报", "Draft begun"}, {"case.draft-save", "保存草稿", "Draft saved"}, {"case.draft-attach", "上传材料", "File attached"},
		{"case.draft-remove-file", "删除材料文件", "File removed"}, {"case.draft-use-licence", "选用电子证照", "Licence picked"}, {"case.draft-paper", "登记纸质材料", "Paper recorded"},
		{"case.draft-delivery", "选择领取方式", "Delivery chosen"}, {"case.discard-draft", "删除草稿", "Draft deleted"}, {"case.open-correction", "打开补正", "Correction opened"}, {"case.read", "查看办件", "Case read"},
		{"applicant.enter", "进入申请人页面", "Applicants' pages"}, {"message.read", "查看消息", "Message read"}, {"case.queue", "查看待办", "Work list"}, {"case.receive", "窗口收件", "Intake"}, {"privacy.consent", "同意个人信息处理", "Privacy consent"},
		{"identity.unmask", "查看完整个人信息", "Personal data in clear"}, {"party.find", "查找申请人", "Applicant looked for"}, {"party.walk-in", "窗口登记", "Registered at the window"},
		{"staff.manage", "管理账号", "Account managed"}, {"staff.read", "查看人员", "Staff read"}, {"role.grant", "变更角色", "Role changed"},
		{"mandate.grant", "授权委托", "Mandate granted"}, {"mandate.revoke", "撤销授权", "Mandate revoked"}, {"profile.change", "修改资料", "Profile changed"},
		{"licence.issue", "制发证照", "Licence issued"}, {"licence.sign", "证照签章", "Licence signed"}, {"licence.use", "使用证照", "Licence used"}, {"licence.read", "查看证照", "Licence read"},
		{"licence.import", "导入证照", "Licences imported"}, {"rating.rate", "评价", "Rated"}, {"item.publish", "发布事项", "Item published"}, {"centre.manage", "管理服务中心", "Centre managed"},
		{"appointment.book", "预约", "Booked"}, {"appointment.cancel", "取消预约", "Booking cancelled"}, {"appointment.today", "查看预约", "Bookings read"}, {"calendar.publish", "发布工作日历", "Calendar published"},
		{"data.import", "导入数据", "Data imported"}, {"subscriber.manage", "管理订阅方", "Subscriber managed"}, {"job.manage", "管理任务", "Jobs managed"}, {"job.requeue", "重新执行任务", "Job tried again"}, {"job.discard", "放弃任务", "Job given up"},
		{"audit.read", "查看审计日志", "Audit log read"}, {"audit.verify", "验证审计日志", "Audit log proved"}, {"audit.erase", "删除记录中的个人信息", "Personal data erased"}, {"supervise.view", "查看监督概览", "Overview read"},
	}
}
