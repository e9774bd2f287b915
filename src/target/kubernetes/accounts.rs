//! Turns each service into an account of its own, without a token: a pod that asks the Kubernetes API asks for one.

use crate::format::yaml::Comments;
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::Cluster;
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::config::ServiceAccount;
use crate::target::kubernetes::schema::meta::Object;

pub(super) fn emit(
    cluster: &Cluster<'_>,
    service: &Service,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let account = Object {
        api_version: "v1",
        kind: "ServiceAccount",
        metadata: cluster.metadata(service, &service.name),
        body: ServiceAccount { automount_service_account_token: false },
    };
    folder.add(&Place::of(service), &account, Comments::new())
}
