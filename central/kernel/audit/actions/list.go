package actions

// One line per act, beside the code that does it in meaning: add the line in the commit that adds the act.

// kernel is what the platform itself records.
var kernel = []Action{
	{"auth.refused", "越权操作被拒绝", "操作", Critical, Denied},
}

// people is accounts, organisation, roles and signing in.
var people = []Action{
	{"auth.login", "登录", "账号", Notable, OK},
	{"auth.login_denied", "登录失败", "账号", Notable, Denied},
	{"auth.logout", "退出登录", "账号", Routine, OK},
	{"auth.logout_all", "在所有地方退出", "账号", Notable, OK},
	{"auth.create", "新建账号", "账号", Critical, OK},
	{"auth.set_password", "设置密码", "账号", Critical, OK},
	{"auth.disable", "停用账号", "账号", Critical, OK},
	{"auth.enable", "启用账号", "账号", Critical, OK},
	{"auth.edit", "修改账号资料", "账号", Notable, OK},
	{"auth.change_password", "修改自己的密码", "账号", Notable, OK},
	{"auth.reset_password", "重置密码", "账号", Critical, OK},
	{"auth.grant", "授权", "账号", Critical, OK},
	{"auth.revoke", "收回授权", "账号", Critical, OK},
	{"auth.role_put", "新建或修改角色", "角色", Critical, OK},
	{"auth.role_drop", "删除角色", "角色", Critical, OK},
}

// services is outside systems, running and private data.
var services = []Action{}

// matters is what is done to cases and to the catalogue.
var matters = []Action{
	{"catalogue.publish", "发布事项", "事项", Notable, OK},
	{"catalogue.restore", "重新上架事项", "事项", Notable, OK},
	{"catalogue.withdraw", "下架事项", "事项", Notable, OK},
	{"window.receive", "收到申请", "办件", Notable, OK},
	{"window.receipt", "出具收件回执", "办件", Routine, OK},
	{"window.show", "查看办件", "办件", Notable, OK},
	{"window.look_page", "查看材料影像", "办件", Notable, OK},
	{"window.look_signature", "查看签名", "办件", Notable, OK},
	{"window.look_paper", "查看文书", "办件", Notable, OK},
	{"window.unmask", "查看完整个人信息", "办件", Critical, OK},
	{"window.tick", "审查要点", "办件", Routine, OK},
	{"window.accept", "受理", "办件", Notable, OK},
	{"window.notice", "一次性告知", "办件", Notable, OK},
	{"window.refuse", "不予受理", "办件", Notable, OK},
	{"window.grant", "办结", "办件", Notable, OK},
}

// terminals is the fleet.
var terminals = []Action{
	{"fleet.enrol", "终端入网", "终端", Critical, OK},
	{"fleet.plan", "登记待入网终端", "终端", Notable, OK},
}
