package declaredimages

# Every container of a pod, whatever it is for.
containers_of_pod := [container |
  kinds := ["containers", "initContainers", "ephemeralContainers"]
  kind := kinds[_]
  containers := object.get(input.review.object.spec, kind, [])
  container := containers[_]
]

violation[{"msg": msg}] {
  container := containers_of_pod[_]
  not declared(container.image)
  msg := sprintf("container <%v> runs <%v>, which no service of the system does", [container.name, container.image])
}

# The repository ends where a tag or a digest begins: nothing that only starts alike is declared.
declared(image) {
  repository := input.parameters.repositories[_]
  ends := [":", "@"]
  end := ends[_]
  startswith(image, concat("", [repository, end]))
}
