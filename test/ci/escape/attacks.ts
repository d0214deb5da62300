// What a hostile build tries. Each is a piece of shell that says "BREACH: ..." on a line when it got what it must not get,
// and goes on. Whether it can get anything at all is shown where there is no sandbox (`control`).
import type { Host } from './host.ts'

export interface Attack {
  readonly name: string
  readonly script: (host: Host) => string
  /** Without a sandbox it succeeds on any machine. */
  readonly control?: true
}

export const attacks: readonly Attack[] = [
  {
    name: 'read files of the host',
    control: true,
    script: ({ secret, directory }) => `
      for way in "" /proc/1/root /proc/self/root /proc/self/cwd/../../.. /mnt/../.. ../../../../../..; do
        grep -q host-secret "$way${secret}" && echo "BREACH: ${secret} by $way"
      done
      ls ${directory} && echo "BREACH: ${directory}"
      cat /etc/shadow && echo "BREACH: /etc/shadow"
      ls -d /root/.[a-z]* /home/*/* && echo "BREACH: homes"`,
  },
  {
    name: 'reach sockets of the host',
    control: true,
    script: ({ socket, abstractSocket }) => `
      perl -MSocket -e 'for ("${socket}", "\\0${abstractSocket}") {
        socket(my $s, PF_UNIX, SOCK_STREAM, 0);
        print "BREACH: unix socket\\n" if connect($s, pack_sockaddr_un($_));
      }'
      for each in /run/docker.sock /var/run/docker.sock /run/dbus/system_bus_socket /run/systemd/private; do
        [ -S "$each" ] && echo "BREACH: $each is there"
      done`,
  },
  {
    name: 'reach the network and loopback',
    control: true,
    script: ({ port, address }) => `
      for to in 127.0.0.1 ${address}; do
        timeout 2 bash -c "exec 3<>/dev/tcp/$to/${port} && head -c 7 <&3" | grep -q reached && echo "BREACH: $to"
      done
      timeout 2 bash -c 'echo x >/dev/udp/192.0.2.1/53' && echo "BREACH: a way out"`,
  },
  {
    name: 'find the token of the runner',
    control: true,
    script: ({ token }) => `
      env | grep -q '${token}' && echo "BREACH: in the environment"
      cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep '${token.slice(0, 8)}' | grep -v grep | grep -q '${token.slice(8)}' &&
        echo "BREACH: in /proc"`,
  },
  {
    name: 'kill processes of the host',
    control: true,
    script: ({ siblings }) => `
      for pid in ${siblings.join(' ')}; do kill -9 $pid && echo "BREACH: killed $pid"; done`,
  },
  {
    name: 'trace processes of the host',
    script: ({ siblings }) => `
      for pid in ${siblings.join(' ')}; do
        perl -e 'print "BREACH: traced\\n" if syscall(101, 16, $ARGV[0], 0, 0) == 0' $pid
        cat /proc/$pid/mem >/dev/null && echo "BREACH: read memory"
      done`,
  },
  {
    name: 'mount',
    script: ({ secret }) => `
      mount -t tmpfs none /tmp && echo "BREACH: mounted"
      mount -o remount,rw / && echo "BREACH: remounted"
      mount --bind / /tmp && echo "BREACH: bound"
      umount /mnt && echo "BREACH: unmounted"
      # A namespace within is allowed where it gives nothing.
      unshare --user --map-root-user --mount sh -c '
        mount -o remount,rw,bind /mnt && touch /mnt/repository/x && echo "BREACH: wrote to the repository"
        umount -l /mnt && echo "BREACH: unmounted within"
        mount -o remount,rw,bind / && touch /usr/x && echo "BREACH: wrote to the root"
        grep -rqs host-secret /proc/*/root${secret} && echo "BREACH: secret"
      '`,
  },
  {
    name: 'become root',
    script: () => `
      cp /bin/sh ./sh && chmod u+s,g+s ./sh && ./sh -p -c '[ "$(id -u)" = 0 ]' && echo "BREACH: setuid"
      perl -e '$< = $> = 0; print "BREACH: setuid(0)\\n" if $> == 0'
      for way in "su -c" "sudo -n sh -c"; do $way 'echo BREACH: su' </dev/null; done
      grep -Eq '^Cap(Eff|Bnd|Amb):.*[1-9a-f]' /proc/self/status && echo "BREACH: capabilities"
      mknod disk b 254 0 && head -c 1 disk | grep -q . && echo "BREACH: device"`,
  },
  {
    name: 'write where the host or the next build could read it',
    script: () => `
      for each in /usr /usr/local/bin /etc /bin /lib /var /var/tmp /root /home /run /opt /boot /sys /proc/sys/kernel /mnt \\
        /mnt/repository /mnt/repository/objects / /dev; do
        touch "$each/written" && echo "BREACH: $each"
      done
      for each in /mnt/environment /mnt/repository/HEAD /etc/passwd; do
        chmod 777 "$each" && echo "BREACH: chmod $each"
        (echo x >>"$each") && echo "BREACH: $each"
      done
      git push --quiet /mnt/repository HEAD:refs/heads/evil && echo "BREACH: pushed"
      rm -rf /mnt/repository/* && echo "BREACH: removed the repository"`,
  },
  {
    name: 'reach devices and knobs of the kernel',
    script: () => `
      for each in /dev/vda /dev/sda /dev/nvme0n1 /dev/mem /dev/kmem /dev/kmsg /dev/kvm /proc/kcore; do
        head -c 1 "$each" | grep -q . && echo "BREACH: read $each"
      done
      for each in /proc/sysrq-trigger /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /sys/power/state; do
        (echo b >"$each") && echo "BREACH: wrote $each"
      done
      find /sys/fs/cgroup -name cgroup.procs -o -name release_agent -o -name 'memory.*max' -o -name memory.limit_in_bytes |
        while read -r each; do (echo 0 >"$each") && echo "BREACH: wrote $each"; done`,
  },
]
