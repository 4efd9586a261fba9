// Package people is the management of who works here (人员与权限管理): the organisation, accounts, roles and grants, shared
// between the system administrator, who makes people, and the security administrator, who grants. Neither can do the other's.
package people

// Permissions.
const (
	PermRead    = "people:account.read"
	PermWrite   = "people:account.write"
	PermOrg     = "people:org.write"
	PermRoles   = "people:role.read"
	PermRole    = "people:role.write"
	PermGrant   = "people:grant.write"
	PermSession = "people:session.write"
)
