package actions

// halls is the service halls: seats, numbers, visits and how they are set up.
var halls = []Action{
	{"hall.sign_on", "在窗口签到", "窗口", Routine, OK},
	{"hall.sign_off", "从窗口签退", "窗口", Routine, OK},
	{"hall.away", "暂离窗口", "窗口", Routine, OK},
	{"hall.back", "回到窗口", "窗口", Routine, OK},
	{"hall.take_number", "取号", "号票", Routine, OK},
	{"hall.call", "叫号", "号票", Routine, OK},
	{"hall.recall", "重叫", "号票", Routine, OK},
	{"hall.start", "开始办理", "号票", Routine, OK},
	{"hall.skip", "过号", "号票", Routine, OK},
	{"hall.requeue", "过号后重新排队", "号票", Routine, OK},
	{"hall.hold", "挂起号票", "号票", Routine, OK},
	{"hall.resume", "继续办理挂起的号票", "号票", Routine, OK},
	{"hall.transfer", "转窗", "号票", Routine, OK},
	{"hall.finish", "办完一张号票", "号票", Routine, OK},
	{"hall.leave", "号票离开", "号票", Routine, OK},
	{"hall.identify", "在窗口确认到场人身份", "来访", Notable, OK},
	{"hall.open_person", "取用到场人信息", "来访", Notable, OK},
	{"hall.end_visit", "结束来访，清除到场人信息", "来访", Notable, OK},
}
