USER {{ user.uid }}:{{ user.gid }}
# A scheduler, a receiver of logs and single jobs run this image: each container says itself what tells that it is well.
HEALTHCHECK NONE
CMD {{ command | dockerfile_exec }}
