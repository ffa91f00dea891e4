# shellcheck shell=sh
# Sourced by the scripts that start MPI on one machine; a cluster needs none of this.

# How MPI behaves in a test or on a laptop: variables, which jobs inside a test Slurm inherit, rather than flags, which
# each MPI spells differently.
mpi_environment() {
  if [ "$(id -u)" = 0 ]; then
    # Open MPI refuses root unless told twice; in containers there is no other user.
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
  # More processes than cores are fine, and a process may use every core.
  export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
  # Containers forbid the system call behind single-copy messages; they are no faster for messages as small as ours.
  export OMPI_MCA_btl_vader_single_copy_mechanism=none
}

# The number of cores this shell may use.
core_count() {
  nproc 2>/dev/null || getconf _NPROCESSORS_ONLN
}
