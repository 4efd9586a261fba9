// Package calendar knows the legal working days (法定工作日历) and keeps the legal clock (法定时限与承诺时限).
//
// The holidays are data, one YAML file a year, each naming the State Council paper it was copied from; the set as a whole has a
// version, and a case keeps the version it was computed with. A year whose paper is not published yet is not guessed: Monday to
// Friday count, and every result that leans on such a day says that it is provisional.
//
// A limit is a budget and a ledger of suspensions, never a stored target date, because a suspension (特别程序) or a newly published
// calendar moves the date without touching the budget. The ledger rules:
//
//  1. the day of acceptance is not counted;
//  2. the day a suspension starts is not consumed;
//  3. counting restarts on the working day after the suspension ends;
//  4. an extension adds to the budget and names its approver, reason and notice;
//  5. periods of 行政许可法 are working days, legal holidays left out (art. 82).
//
// Nothing here reads the time of day: callers pass a civil Date. DateOf turns an instant into the date it has in Shanghai.
package calendar
