package declaredusers

# Every container of a pod, whatever it is for.
containers_of_pod := [container |
  kinds := ["containers", "initContainers", "ephemeralContainers"]
  kind := kinds[_]
  containers := object.get(input.review.object.spec, kind, [])
  container := containers[_]
]

violation[{"msg": msg}] {
  container := containers_of_pod[_]
  user := user_of(container)
  not declared(user)
  msg := sprintf("container <%v> runs as user %v, as no service of the system does", [container.name, user])
}

# The container's own, else the pod's; -1 where neither says.
user_of(container) = user {
  pod := object.get(object.get(input.review.object.spec, "securityContext", {}), "runAsUser", -1)
  user := object.get(object.get(container, "securityContext", {}), "runAsUser", pod)
}

declared(user) {
  input.parameters.users[_] == user
}
