package declaredports

# Every container of a pod, whatever it is for.
containers_of_pod := [container |
  kinds := ["containers", "initContainers", "ephemeralContainers"]
  kind := kinds[_]
  containers := object.get(input.review.object.spec, kind, [])
  container := containers[_]
]

violation[{"msg": msg}] {
  container := containers_of_pod[_]
  ports := object.get(container, "ports", [])
  port := ports[_]
  not declared(port.containerPort)
  msg := sprintf("container <%v> listens on %v, as no service of the system does", [container.name, port.containerPort])
}

violation[{"msg": msg}] {
  container := containers_of_pod[_]
  ports := object.get(container, "ports", [])
  port := ports[_]
  object.get(port, "hostPort", 0) != 0
  msg := sprintf("container <%v> takes port %v of its node", [container.name, port.hostPort])
}

declared(port) {
  input.parameters.ports[_] == port
}
