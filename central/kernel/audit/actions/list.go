package actions

// One line per act, beside the code that does it in meaning: add the line in the commit that adds the act.

// kernel is what the platform itself records.
var kernel = []Action{
	{"audit.search", "检索审计记录", "检索条件", Notable, OK},
	{"audit.show", "查看一条审计记录", "审计记录", Notable, OK},
	{"audit.export", "导出审计记录", "导出文件", Critical, OK},
	{"audit.archive", "移出到期的审计记录", "审计记录", Critical, OK},
	{"audit.verify", "核验审计链", "审计链", Critical, OK},
	{"audit.alert", "审计告警", "告警", Critical, Failed},
	{"audit.acknowledge", "处理审计告警", "告警", Notable, OK},
	{"auth.refused", "越权操作被拒绝", "操作", Critical, Denied},
}

// people is accounts, organisation, roles and signing in.
var people = []Action{
	{"org.department", "新建或修改部门", "部门", Critical, OK},
	{"org.hall", "新建或修改大厅", "大厅", Notable, OK},
	{"org.desk", "新建或修改窗口", "窗口", Notable, OK},
	{"org.post", "新建或修改岗位", "岗位", Notable, OK},
	{"auth.login", "登录", "账号", Notable, OK},
	{"auth.login_denied", "登录失败", "账号", Notable, Denied},
	{"auth.enter", "进入控制台", "账号", Routine, OK},
	{"auth.factor", "通过第二因子", "账号", Notable, OK},
	{"auth.factor_denied", "第二因子不对", "账号", Notable, Denied},
	{"auth.recovery_used", "使用恢复码", "账号", Critical, OK},
	{"auth.totp_begin", "开始绑定动态口令", "账号", Notable, OK},
	{"auth.totp_enrol", "绑定动态口令", "账号", Critical, OK},
	{"auth.totp_reset", "重置动态口令", "账号", Critical, OK},
	{"auth.set_phone", "设置手机号", "账号", Critical, OK},
	{"auth.link", "绑定省统一账号", "账号", Critical, OK},
	{"auth.alarm", "登录异常告警", "账号", Critical, Denied},
	{"auth.unlock", "解除锁定", "账号", Critical, OK},
	{"auth.revoke", "强制下线", "账号", Critical, OK},
	{"auth.logout", "退出登录", "账号", Routine, OK},
	{"auth.logout_all", "在所有地方退出", "账号", Notable, OK},
	{"sso.register", "登记接入统一登录的系统", "系统", Critical, OK},
	{"sso.new_secret", "更换接入系统的密钥", "系统", Critical, OK},
	{"sso.disable", "停用接入系统", "系统", Critical, OK},
	{"sso.enable", "启用接入系统", "系统", Critical, OK},
	{"sso.told", "通知接入系统退出", "系统", Routine, OK},
	{"sso.replay", "登录代码被重放", "系统", Critical, Denied},
	{"auth.create", "新建账号", "账号", Critical, OK},
	{"auth.set_password", "设置密码", "账号", Critical, OK},
	{"auth.disable", "停用账号", "账号", Critical, OK},
	{"auth.enable", "启用账号", "账号", Critical, OK},
	{"auth.edit", "修改账号资料", "账号", Notable, OK},
	{"auth.change_password", "修改自己的密码", "账号", Notable, OK},
	{"auth.reset_password", "重置密码", "账号", Critical, OK},
	{"auth.grant", "授权", "账号", Critical, OK},
	{"auth.ungrant", "收回授权", "账号", Critical, OK},
	{"auth.role_put", "新建或修改角色", "角色", Critical, OK},
	{"auth.role_drop", "删除角色", "角色", Critical, OK},
}

// services is outside systems, running and private data.
var services = []Action{
	{"adapter.on", "启用外部服务", "外部服务", Critical, OK},
	{"adapter.off", "停用外部服务", "外部服务", Critical, OK},
	{"services.register", "登记外部服务", "外部服务", Critical, OK},
	{"services.edit", "修改外部服务", "外部服务", Critical, OK},
	{"services.consumer_add", "登记接入系统", "接入系统", Critical, OK},
	{"services.consumer_renew", "更换接入系统密钥", "接入系统", Critical, OK},
	{"services.grant", "授权接口", "接入系统", Critical, OK},
	{"services.take", "收回接口授权", "接入系统", Critical, OK},
	{"services.refused", "接入系统被拒绝", "接入系统", Critical, Denied},
	{"privacy.request_add", "收到个人信息请求", "个人信息请求", Notable, OK},
	{"privacy.request_act", "办理个人信息请求", "个人信息请求", Notable, OK},
	{"privacy.export", "导出个人信息", "个人信息请求", Critical, OK},
	{"privacy.reveal", "查看完整个人信息", "个人信息", Critical, OK},
	{"privacy.label", "修改数据标签", "数据字段", Critical, OK},
	{"privacy.hold", "暂缓删除", "个人信息", Critical, OK},
	{"privacy.lift_hold", "解除暂缓删除", "个人信息", Critical, OK},
	{"privacy.set_retention", "修改保存期限", "保存规则", Critical, OK},
	{"privacy.expire", "到期删除个人信息", "个人信息", Critical, OK},
	{"privacy.retention_run", "到期清理", "保存规则", Notable, OK},
	{"privacy.rotate_kek", "更换密钥加密密钥", "密钥", Critical, OK},
	{"privacy.rotate_key", "更换数据密钥", "密钥", Critical, OK},
}

// matters is what is done to cases and to the catalogue.
var matters = []Action{
	{"catalogue.publish", "发布事项", "事项", Notable, OK},
	{"catalogue.restore", "重新上架事项", "事项", Notable, OK},
	{"catalogue.withdraw", "下架事项", "事项", Notable, OK},
	{"forms.create", "新建表单", "表单", Routine, OK},
	{"forms.start_draft", "起草表单新版", "表单", Routine, OK},
	{"forms.save_draft", "保存表单草稿", "表单", Routine, OK},
	{"forms.submit_draft", "提交表单", "表单", Routine, OK},
	{"forms.withdraw_draft", "撤回表单", "表单", Routine, OK},
	{"forms.return_draft", "退回表单", "表单", Notable, OK},
	{"forms.drop_draft", "放弃表单草稿", "表单", Notable, OK},
	{"forms.publish", "发布表单", "表单", Notable, OK},
	{"forms.keep_entry", "存填写草稿", "表单", Routine, OK},
	{"forms.drop_entry", "删填写草稿", "表单", Routine, OK},
	{"onething.publish", "发布一件事主题", "主题", Notable, OK},
	{"onething.withdraw", "下架一件事主题", "主题", Notable, OK},
	{"window.receive", "收到申请", "办件", Notable, OK},
	{"window.receipt", "出具收件回执", "办件", Routine, OK},
	{"window.show", "查看办件", "办件", Notable, OK},
	{"window.look_page", "查看材料影像", "办件", Notable, OK},
	{"window.look_signature", "查看签名", "办件", Notable, OK},
	{"window.look_paper", "查看文书", "办件", Notable, OK},
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
	{"fleet.renew", "签发更换的终端证书", "终端", Notable, OK},
	{"fleet.confirm_certificate", "终端换用新证书", "终端", Notable, OK},
	{"fleet.revoke", "吊销终端证书", "终端", Critical, OK},
	{"fleet.ask_renewal", "要求终端更换证书", "终端", Notable, OK},
}

// run is running the centre.
var run = []Action{
	{"running.inspect", "巡检", "巡检", Notable, OK},
	{"running.sign_inspection", "在巡检报告上签字", "巡检", Notable, OK},
	{"running.miss_inspection", "巡检逾期", "巡检", Notable, Failed},
	{"running.plan", "改巡检计划", "巡检计划", Notable, OK},
	{"running.duty", "交接责任人", "职责", Critical, OK},
	{"running.add_resource", "登记资源", "资源", Routine, OK},
	{"running.change_resource", "修改资源", "资源", Routine, OK},
	{"running.remove_resource", "停用资源", "资源", Notable, OK},
	{"running.incident", "登记或补充故障", "故障", Notable, OK},
	{"running.ask_backup", "要求备份", "中心", Notable, OK},
	{"running.backup", "备份", "快照", Critical, OK},
	{"running.restore", "从备份恢复", "中心", Critical, OK},
	{"running.drill", "登记恢复演练", "演练", Notable, OK},
}
