// Generated from syscalls.toml by generator/; edit that file instead.
//
// Stubs that jump into the vDSO through records which start.c fills in. Link with --gc-sections (and, for
// GNU ld, -z start-stop-gc) to keep only the records of the calls that the program makes.

.intel_syntax noprefix
.pushsection .text.zx_handle_close, "ax", @progbits
.globl zx_handle_close
.hidden zx_handle_close
.type zx_handle_close, @function
zx_handle_close:
    jmp qword ptr [rip + .Limport_zx_handle_close]
.size zx_handle_close, . - zx_handle_close
.Lname_zx_handle_close:
    .asciz "zx_handle_close"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_handle_close
.balign 8
.Limport_zx_handle_close:
    .quad 0
    .quad .Lname_zx_handle_close - .Limport_zx_handle_close
.popsection
.globl _zx_handle_close
.hidden _zx_handle_close
.set _zx_handle_close, zx_handle_close
.pushsection .text.zx_handle_close_many, "ax", @progbits
.globl zx_handle_close_many
.hidden zx_handle_close_many
.type zx_handle_close_many, @function
zx_handle_close_many:
    jmp qword ptr [rip + .Limport_zx_handle_close_many]
.size zx_handle_close_many, . - zx_handle_close_many
.Lname_zx_handle_close_many:
    .asciz "zx_handle_close_many"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_handle_close_many
.balign 8
.Limport_zx_handle_close_many:
    .quad 0
    .quad .Lname_zx_handle_close_many - .Limport_zx_handle_close_many
.popsection
.globl _zx_handle_close_many
.hidden _zx_handle_close_many
.set _zx_handle_close_many, zx_handle_close_many
.pushsection .text.zx_handle_duplicate, "ax", @progbits
.globl zx_handle_duplicate
.hidden zx_handle_duplicate
.type zx_handle_duplicate, @function
zx_handle_duplicate:
    jmp qword ptr [rip + .Limport_zx_handle_duplicate]
.size zx_handle_duplicate, . - zx_handle_duplicate
.Lname_zx_handle_duplicate:
    .asciz "zx_handle_duplicate"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_handle_duplicate
.balign 8
.Limport_zx_handle_duplicate:
    .quad 0
    .quad .Lname_zx_handle_duplicate - .Limport_zx_handle_duplicate
.popsection
.globl _zx_handle_duplicate
.hidden _zx_handle_duplicate
.set _zx_handle_duplicate, zx_handle_duplicate
.pushsection .text.zx_handle_replace, "ax", @progbits
.globl zx_handle_replace
.hidden zx_handle_replace
.type zx_handle_replace, @function
zx_handle_replace:
    jmp qword ptr [rip + .Limport_zx_handle_replace]
.size zx_handle_replace, . - zx_handle_replace
.Lname_zx_handle_replace:
    .asciz "zx_handle_replace"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_handle_replace
.balign 8
.Limport_zx_handle_replace:
    .quad 0
    .quad .Lname_zx_handle_replace - .Limport_zx_handle_replace
.popsection
.globl _zx_handle_replace
.hidden _zx_handle_replace
.set _zx_handle_replace, zx_handle_replace
.pushsection .text.zx_object_get_child, "ax", @progbits
.globl zx_object_get_child
.hidden zx_object_get_child
.type zx_object_get_child, @function
zx_object_get_child:
    jmp qword ptr [rip + .Limport_zx_object_get_child]
.size zx_object_get_child, . - zx_object_get_child
.Lname_zx_object_get_child:
    .asciz "zx_object_get_child"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_object_get_child
.balign 8
.Limport_zx_object_get_child:
    .quad 0
    .quad .Lname_zx_object_get_child - .Limport_zx_object_get_child
.popsection
.globl _zx_object_get_child
.hidden _zx_object_get_child
.set _zx_object_get_child, zx_object_get_child
.pushsection .text.zx_object_get_info, "ax", @progbits
.globl zx_object_get_info
.hidden zx_object_get_info
.type zx_object_get_info, @function
zx_object_get_info:
    jmp qword ptr [rip + .Limport_zx_object_get_info]
.size zx_object_get_info, . - zx_object_get_info
.Lname_zx_object_get_info:
    .asciz "zx_object_get_info"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_object_get_info
.balign 8
.Limport_zx_object_get_info:
    .quad 0
    .quad .Lname_zx_object_get_info - .Limport_zx_object_get_info
.popsection
.globl _zx_object_get_info
.hidden _zx_object_get_info
.set _zx_object_get_info, zx_object_get_info
.pushsection .text.zx_object_get_property, "ax", @progbits
.globl zx_object_get_property
.hidden zx_object_get_property
.type zx_object_get_property, @function
zx_object_get_property:
    jmp qword ptr [rip + .Limport_zx_object_get_property]
.size zx_object_get_property, . - zx_object_get_property
.Lname_zx_object_get_property:
    .asciz "zx_object_get_property"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_object_get_property
.balign 8
.Limport_zx_object_get_property:
    .quad 0
    .quad .Lname_zx_object_get_property - .Limport_zx_object_get_property
.popsection
.globl _zx_object_get_property
.hidden _zx_object_get_property
.set _zx_object_get_property, zx_object_get_property
.pushsection .text.zx_object_set_profile, "ax", @progbits
.globl zx_object_set_profile
.hidden zx_object_set_profile
.type zx_object_set_profile, @function
zx_object_set_profile:
    jmp qword ptr [rip + .Limport_zx_object_set_profile]
.size zx_object_set_profile, . - zx_object_set_profile
.Lname_zx_object_set_profile:
    .asciz "zx_object_set_profile"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_object_set_profile
.balign 8
.Limport_zx_object_set_profile:
    .quad 0
    .quad .Lname_zx_object_set_profile - .Limport_zx_object_set_profile
.popsection
.globl _zx_object_set_profile
.hidden _zx_object_set_profile
.set _zx_object_set_profile, zx_object_set_profile
.pushsection .text.zx_object_set_property, "ax", @progbits
.globl zx_object_set_property
.hidden zx_object_set_property
.type zx_object_set_property, @function
zx_object_set_property:
    jmp qword ptr [rip + .Limport_zx_object_set_property]
.size zx_object_set_property, . - zx_object_set_property
.Lname_zx_object_set_property:
    .asciz "zx_object_set_property"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_object_set_property
.balign 8
.Limport_zx_object_set_property:
    .quad 0
    .quad .Lname_zx_object_set_property - .Limport_zx_object_set_property
.popsection
.globl _zx_object_set_property
.hidden _zx_object_set_property
.set _zx_object_set_property, zx_object_set_property
.pushsection .text.zx_object_signal, "ax", @progbits
.globl zx_object_signal
.hidden zx_object_signal
.type zx_object_signal, @function
zx_object_signal:
    jmp qword ptr [rip + .Limport_zx_object_signal]
.size zx_object_signal, . - zx_object_signal
.Lname_zx_object_signal:
    .asciz "zx_object_signal"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_object_signal
.balign 8
.Limport_zx_object_signal:
    .quad 0
    .quad .Lname_zx_object_signal - .Limport_zx_object_signal
.popsection
.globl _zx_object_signal
.hidden _zx_object_signal
.set _zx_object_signal, zx_object_signal
.pushsection .text.zx_object_signal_peer, "ax", @progbits
.globl zx_object_signal_peer
.hidden zx_object_signal_peer
.type zx_object_signal_peer, @function
zx_object_signal_peer:
    jmp qword ptr [rip + .Limport_zx_object_signal_peer]
.size zx_object_signal_peer, . - zx_object_signal_peer
.Lname_zx_object_signal_peer:
    .asciz "zx_object_signal_peer"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_object_signal_peer
.balign 8
.Limport_zx_object_signal_peer:
    .quad 0
    .quad .Lname_zx_object_signal_peer - .Limport_zx_object_signal_peer
.popsection
.globl _zx_object_signal_peer
.hidden _zx_object_signal_peer
.set _zx_object_signal_peer, zx_object_signal_peer
.pushsection .text.zx_object_wait_many, "ax", @progbits
.globl zx_object_wait_many
.hidden zx_object_wait_many
.type zx_object_wait_many, @function
zx_object_wait_many:
    jmp qword ptr [rip + .Limport_zx_object_wait_many]
.size zx_object_wait_many, . - zx_object_wait_many
.Lname_zx_object_wait_many:
    .asciz "zx_object_wait_many"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_object_wait_many
.balign 8
.Limport_zx_object_wait_many:
    .quad 0
    .quad .Lname_zx_object_wait_many - .Limport_zx_object_wait_many
.popsection
.globl _zx_object_wait_many
.hidden _zx_object_wait_many
.set _zx_object_wait_many, zx_object_wait_many
.pushsection .text.zx_object_wait_one, "ax", @progbits
.globl zx_object_wait_one
.hidden zx_object_wait_one
.type zx_object_wait_one, @function
zx_object_wait_one:
    jmp qword ptr [rip + .Limport_zx_object_wait_one]
.size zx_object_wait_one, . - zx_object_wait_one
.Lname_zx_object_wait_one:
    .asciz "zx_object_wait_one"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_object_wait_one
.balign 8
.Limport_zx_object_wait_one:
    .quad 0
    .quad .Lname_zx_object_wait_one - .Limport_zx_object_wait_one
.popsection
.globl _zx_object_wait_one
.hidden _zx_object_wait_one
.set _zx_object_wait_one, zx_object_wait_one
.pushsection .text.zx_object_wait_async, "ax", @progbits
.globl zx_object_wait_async
.hidden zx_object_wait_async
.type zx_object_wait_async, @function
zx_object_wait_async:
    jmp qword ptr [rip + .Limport_zx_object_wait_async]
.size zx_object_wait_async, . - zx_object_wait_async
.Lname_zx_object_wait_async:
    .asciz "zx_object_wait_async"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_object_wait_async
.balign 8
.Limport_zx_object_wait_async:
    .quad 0
    .quad .Lname_zx_object_wait_async - .Limport_zx_object_wait_async
.popsection
.globl _zx_object_wait_async
.hidden _zx_object_wait_async
.set _zx_object_wait_async, zx_object_wait_async
.pushsection .text.zx_thread_create, "ax", @progbits
.globl zx_thread_create
.hidden zx_thread_create
.type zx_thread_create, @function
zx_thread_create:
    jmp qword ptr [rip + .Limport_zx_thread_create]
.size zx_thread_create, . - zx_thread_create
.Lname_zx_thread_create:
    .asciz "zx_thread_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_thread_create
.balign 8
.Limport_zx_thread_create:
    .quad 0
    .quad .Lname_zx_thread_create - .Limport_zx_thread_create
.popsection
.globl _zx_thread_create
.hidden _zx_thread_create
.set _zx_thread_create, zx_thread_create
.pushsection .text.zx_thread_exit, "ax", @progbits
.globl zx_thread_exit
.hidden zx_thread_exit
.type zx_thread_exit, @function
zx_thread_exit:
    jmp qword ptr [rip + .Limport_zx_thread_exit]
.size zx_thread_exit, . - zx_thread_exit
.Lname_zx_thread_exit:
    .asciz "zx_thread_exit"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_thread_exit
.balign 8
.Limport_zx_thread_exit:
    .quad 0
    .quad .Lname_zx_thread_exit - .Limport_zx_thread_exit
.popsection
.globl _zx_thread_exit
.hidden _zx_thread_exit
.set _zx_thread_exit, zx_thread_exit
.pushsection .text.zx_thread_legacy_yield, "ax", @progbits
.globl zx_thread_legacy_yield
.hidden zx_thread_legacy_yield
.type zx_thread_legacy_yield, @function
zx_thread_legacy_yield:
    jmp qword ptr [rip + .Limport_zx_thread_legacy_yield]
.size zx_thread_legacy_yield, . - zx_thread_legacy_yield
.Lname_zx_thread_legacy_yield:
    .asciz "zx_thread_legacy_yield"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_thread_legacy_yield
.balign 8
.Limport_zx_thread_legacy_yield:
    .quad 0
    .quad .Lname_zx_thread_legacy_yield - .Limport_zx_thread_legacy_yield
.popsection
.globl _zx_thread_legacy_yield
.hidden _zx_thread_legacy_yield
.set _zx_thread_legacy_yield, zx_thread_legacy_yield
.pushsection .text.zx_thread_read_state, "ax", @progbits
.globl zx_thread_read_state
.hidden zx_thread_read_state
.type zx_thread_read_state, @function
zx_thread_read_state:
    jmp qword ptr [rip + .Limport_zx_thread_read_state]
.size zx_thread_read_state, . - zx_thread_read_state
.Lname_zx_thread_read_state:
    .asciz "zx_thread_read_state"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_thread_read_state
.balign 8
.Limport_zx_thread_read_state:
    .quad 0
    .quad .Lname_zx_thread_read_state - .Limport_zx_thread_read_state
.popsection
.globl _zx_thread_read_state
.hidden _zx_thread_read_state
.set _zx_thread_read_state, zx_thread_read_state
.pushsection .text.zx_thread_start, "ax", @progbits
.globl zx_thread_start
.hidden zx_thread_start
.type zx_thread_start, @function
zx_thread_start:
    jmp qword ptr [rip + .Limport_zx_thread_start]
.size zx_thread_start, . - zx_thread_start
.Lname_zx_thread_start:
    .asciz "zx_thread_start"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_thread_start
.balign 8
.Limport_zx_thread_start:
    .quad 0
    .quad .Lname_zx_thread_start - .Limport_zx_thread_start
.popsection
.globl _zx_thread_start
.hidden _zx_thread_start
.set _zx_thread_start, zx_thread_start
.pushsection .text.zx_thread_write_state, "ax", @progbits
.globl zx_thread_write_state
.hidden zx_thread_write_state
.type zx_thread_write_state, @function
zx_thread_write_state:
    jmp qword ptr [rip + .Limport_zx_thread_write_state]
.size zx_thread_write_state, . - zx_thread_write_state
.Lname_zx_thread_write_state:
    .asciz "zx_thread_write_state"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_thread_write_state
.balign 8
.Limport_zx_thread_write_state:
    .quad 0
    .quad .Lname_zx_thread_write_state - .Limport_zx_thread_write_state
.popsection
.globl _zx_thread_write_state
.hidden _zx_thread_write_state
.set _zx_thread_write_state, zx_thread_write_state
.pushsection .text.zx_process_create, "ax", @progbits
.globl zx_process_create
.hidden zx_process_create
.type zx_process_create, @function
zx_process_create:
    jmp qword ptr [rip + .Limport_zx_process_create]
.size zx_process_create, . - zx_process_create
.Lname_zx_process_create:
    .asciz "zx_process_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_process_create
.balign 8
.Limport_zx_process_create:
    .quad 0
    .quad .Lname_zx_process_create - .Limport_zx_process_create
.popsection
.globl _zx_process_create
.hidden _zx_process_create
.set _zx_process_create, zx_process_create
.pushsection .text.zx_process_exit, "ax", @progbits
.globl zx_process_exit
.hidden zx_process_exit
.type zx_process_exit, @function
zx_process_exit:
    jmp qword ptr [rip + .Limport_zx_process_exit]
.size zx_process_exit, . - zx_process_exit
.Lname_zx_process_exit:
    .asciz "zx_process_exit"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_process_exit
.balign 8
.Limport_zx_process_exit:
    .quad 0
    .quad .Lname_zx_process_exit - .Limport_zx_process_exit
.popsection
.globl _zx_process_exit
.hidden _zx_process_exit
.set _zx_process_exit, zx_process_exit
.pushsection .text.zx_process_read_memory, "ax", @progbits
.globl zx_process_read_memory
.hidden zx_process_read_memory
.type zx_process_read_memory, @function
zx_process_read_memory:
    jmp qword ptr [rip + .Limport_zx_process_read_memory]
.size zx_process_read_memory, . - zx_process_read_memory
.Lname_zx_process_read_memory:
    .asciz "zx_process_read_memory"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_process_read_memory
.balign 8
.Limport_zx_process_read_memory:
    .quad 0
    .quad .Lname_zx_process_read_memory - .Limport_zx_process_read_memory
.popsection
.globl _zx_process_read_memory
.hidden _zx_process_read_memory
.set _zx_process_read_memory, zx_process_read_memory
.pushsection .text.zx_process_start, "ax", @progbits
.globl zx_process_start
.hidden zx_process_start
.type zx_process_start, @function
zx_process_start:
    jmp qword ptr [rip + .Limport_zx_process_start]
.size zx_process_start, . - zx_process_start
.Lname_zx_process_start:
    .asciz "zx_process_start"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_process_start
.balign 8
.Limport_zx_process_start:
    .quad 0
    .quad .Lname_zx_process_start - .Limport_zx_process_start
.popsection
.globl _zx_process_start
.hidden _zx_process_start
.set _zx_process_start, zx_process_start
.pushsection .text.zx_process_write_memory, "ax", @progbits
.globl zx_process_write_memory
.hidden zx_process_write_memory
.type zx_process_write_memory, @function
zx_process_write_memory:
    jmp qword ptr [rip + .Limport_zx_process_write_memory]
.size zx_process_write_memory, . - zx_process_write_memory
.Lname_zx_process_write_memory:
    .asciz "zx_process_write_memory"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_process_write_memory
.balign 8
.Limport_zx_process_write_memory:
    .quad 0
    .quad .Lname_zx_process_write_memory - .Limport_zx_process_write_memory
.popsection
.globl _zx_process_write_memory
.hidden _zx_process_write_memory
.set _zx_process_write_memory, zx_process_write_memory
.pushsection .text.zx_job_create, "ax", @progbits
.globl zx_job_create
.hidden zx_job_create
.type zx_job_create, @function
zx_job_create:
    jmp qword ptr [rip + .Limport_zx_job_create]
.size zx_job_create, . - zx_job_create
.Lname_zx_job_create:
    .asciz "zx_job_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_job_create
.balign 8
.Limport_zx_job_create:
    .quad 0
    .quad .Lname_zx_job_create - .Limport_zx_job_create
.popsection
.globl _zx_job_create
.hidden _zx_job_create
.set _zx_job_create, zx_job_create
.pushsection .text.zx_job_set_critical, "ax", @progbits
.globl zx_job_set_critical
.hidden zx_job_set_critical
.type zx_job_set_critical, @function
zx_job_set_critical:
    jmp qword ptr [rip + .Limport_zx_job_set_critical]
.size zx_job_set_critical, . - zx_job_set_critical
.Lname_zx_job_set_critical:
    .asciz "zx_job_set_critical"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_job_set_critical
.balign 8
.Limport_zx_job_set_critical:
    .quad 0
    .quad .Lname_zx_job_set_critical - .Limport_zx_job_set_critical
.popsection
.globl _zx_job_set_critical
.hidden _zx_job_set_critical
.set _zx_job_set_critical, zx_job_set_critical
.pushsection .text.zx_job_set_policy, "ax", @progbits
.globl zx_job_set_policy
.hidden zx_job_set_policy
.type zx_job_set_policy, @function
zx_job_set_policy:
    jmp qword ptr [rip + .Limport_zx_job_set_policy]
.size zx_job_set_policy, . - zx_job_set_policy
.Lname_zx_job_set_policy:
    .asciz "zx_job_set_policy"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_job_set_policy
.balign 8
.Limport_zx_job_set_policy:
    .quad 0
    .quad .Lname_zx_job_set_policy - .Limport_zx_job_set_policy
.popsection
.globl _zx_job_set_policy
.hidden _zx_job_set_policy
.set _zx_job_set_policy, zx_job_set_policy
.pushsection .text.zx_task_create_exception_channel, "ax", @progbits
.globl zx_task_create_exception_channel
.hidden zx_task_create_exception_channel
.type zx_task_create_exception_channel, @function
zx_task_create_exception_channel:
    jmp qword ptr [rip + .Limport_zx_task_create_exception_channel]
.size zx_task_create_exception_channel, . - zx_task_create_exception_channel
.Lname_zx_task_create_exception_channel:
    .asciz "zx_task_create_exception_channel"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_task_create_exception_channel
.balign 8
.Limport_zx_task_create_exception_channel:
    .quad 0
    .quad .Lname_zx_task_create_exception_channel - .Limport_zx_task_create_exception_channel
.popsection
.globl _zx_task_create_exception_channel
.hidden _zx_task_create_exception_channel
.set _zx_task_create_exception_channel, zx_task_create_exception_channel
.pushsection .text.zx_task_kill, "ax", @progbits
.globl zx_task_kill
.hidden zx_task_kill
.type zx_task_kill, @function
zx_task_kill:
    jmp qword ptr [rip + .Limport_zx_task_kill]
.size zx_task_kill, . - zx_task_kill
.Lname_zx_task_kill:
    .asciz "zx_task_kill"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_task_kill
.balign 8
.Limport_zx_task_kill:
    .quad 0
    .quad .Lname_zx_task_kill - .Limport_zx_task_kill
.popsection
.globl _zx_task_kill
.hidden _zx_task_kill
.set _zx_task_kill, zx_task_kill
.pushsection .text.zx_task_suspend, "ax", @progbits
.globl zx_task_suspend
.hidden zx_task_suspend
.type zx_task_suspend, @function
zx_task_suspend:
    jmp qword ptr [rip + .Limport_zx_task_suspend]
.size zx_task_suspend, . - zx_task_suspend
.Lname_zx_task_suspend:
    .asciz "zx_task_suspend"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_task_suspend
.balign 8
.Limport_zx_task_suspend:
    .quad 0
    .quad .Lname_zx_task_suspend - .Limport_zx_task_suspend
.popsection
.globl _zx_task_suspend
.hidden _zx_task_suspend
.set _zx_task_suspend, zx_task_suspend
.pushsection .text.zx_task_suspend_token, "ax", @progbits
.globl zx_task_suspend_token
.hidden zx_task_suspend_token
.type zx_task_suspend_token, @function
zx_task_suspend_token:
    jmp qword ptr [rip + .Limport_zx_task_suspend_token]
.size zx_task_suspend_token, . - zx_task_suspend_token
.Lname_zx_task_suspend_token:
    .asciz "zx_task_suspend_token"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_task_suspend_token
.balign 8
.Limport_zx_task_suspend_token:
    .quad 0
    .quad .Lname_zx_task_suspend_token - .Limport_zx_task_suspend_token
.popsection
.globl _zx_task_suspend_token
.hidden _zx_task_suspend_token
.set _zx_task_suspend_token, zx_task_suspend_token
.pushsection .text.zx_profile_create, "ax", @progbits
.globl zx_profile_create
.hidden zx_profile_create
.type zx_profile_create, @function
zx_profile_create:
    jmp qword ptr [rip + .Limport_zx_profile_create]
.size zx_profile_create, . - zx_profile_create
.Lname_zx_profile_create:
    .asciz "zx_profile_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_profile_create
.balign 8
.Limport_zx_profile_create:
    .quad 0
    .quad .Lname_zx_profile_create - .Limport_zx_profile_create
.popsection
.globl _zx_profile_create
.hidden _zx_profile_create
.set _zx_profile_create, zx_profile_create
.pushsection .text.zx_exception_get_thread, "ax", @progbits
.globl zx_exception_get_thread
.hidden zx_exception_get_thread
.type zx_exception_get_thread, @function
zx_exception_get_thread:
    jmp qword ptr [rip + .Limport_zx_exception_get_thread]
.size zx_exception_get_thread, . - zx_exception_get_thread
.Lname_zx_exception_get_thread:
    .asciz "zx_exception_get_thread"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_exception_get_thread
.balign 8
.Limport_zx_exception_get_thread:
    .quad 0
    .quad .Lname_zx_exception_get_thread - .Limport_zx_exception_get_thread
.popsection
.globl _zx_exception_get_thread
.hidden _zx_exception_get_thread
.set _zx_exception_get_thread, zx_exception_get_thread
.pushsection .text.zx_exception_get_process, "ax", @progbits
.globl zx_exception_get_process
.hidden zx_exception_get_process
.type zx_exception_get_process, @function
zx_exception_get_process:
    jmp qword ptr [rip + .Limport_zx_exception_get_process]
.size zx_exception_get_process, . - zx_exception_get_process
.Lname_zx_exception_get_process:
    .asciz "zx_exception_get_process"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_exception_get_process
.balign 8
.Limport_zx_exception_get_process:
    .quad 0
    .quad .Lname_zx_exception_get_process - .Limport_zx_exception_get_process
.popsection
.globl _zx_exception_get_process
.hidden _zx_exception_get_process
.set _zx_exception_get_process, zx_exception_get_process
.pushsection .text.zx_channel_call, "ax", @progbits
.globl zx_channel_call
.hidden zx_channel_call
.type zx_channel_call, @function
zx_channel_call:
    jmp qword ptr [rip + .Limport_zx_channel_call]
.size zx_channel_call, . - zx_channel_call
.Lname_zx_channel_call:
    .asciz "zx_channel_call"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_channel_call
.balign 8
.Limport_zx_channel_call:
    .quad 0
    .quad .Lname_zx_channel_call - .Limport_zx_channel_call
.popsection
.globl _zx_channel_call
.hidden _zx_channel_call
.set _zx_channel_call, zx_channel_call
.pushsection .text.zx_channel_call_etc, "ax", @progbits
.globl zx_channel_call_etc
.hidden zx_channel_call_etc
.type zx_channel_call_etc, @function
zx_channel_call_etc:
    jmp qword ptr [rip + .Limport_zx_channel_call_etc]
.size zx_channel_call_etc, . - zx_channel_call_etc
.Lname_zx_channel_call_etc:
    .asciz "zx_channel_call_etc"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_channel_call_etc
.balign 8
.Limport_zx_channel_call_etc:
    .quad 0
    .quad .Lname_zx_channel_call_etc - .Limport_zx_channel_call_etc
.popsection
.globl _zx_channel_call_etc
.hidden _zx_channel_call_etc
.set _zx_channel_call_etc, zx_channel_call_etc
.pushsection .text.zx_channel_create, "ax", @progbits
.globl zx_channel_create
.hidden zx_channel_create
.type zx_channel_create, @function
zx_channel_create:
    jmp qword ptr [rip + .Limport_zx_channel_create]
.size zx_channel_create, . - zx_channel_create
.Lname_zx_channel_create:
    .asciz "zx_channel_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_channel_create
.balign 8
.Limport_zx_channel_create:
    .quad 0
    .quad .Lname_zx_channel_create - .Limport_zx_channel_create
.popsection
.globl _zx_channel_create
.hidden _zx_channel_create
.set _zx_channel_create, zx_channel_create
.pushsection .text.zx_channel_read, "ax", @progbits
.globl zx_channel_read
.hidden zx_channel_read
.type zx_channel_read, @function
zx_channel_read:
    jmp qword ptr [rip + .Limport_zx_channel_read]
.size zx_channel_read, . - zx_channel_read
.Lname_zx_channel_read:
    .asciz "zx_channel_read"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_channel_read
.balign 8
.Limport_zx_channel_read:
    .quad 0
    .quad .Lname_zx_channel_read - .Limport_zx_channel_read
.popsection
.globl _zx_channel_read
.hidden _zx_channel_read
.set _zx_channel_read, zx_channel_read
.pushsection .text.zx_channel_read_etc, "ax", @progbits
.globl zx_channel_read_etc
.hidden zx_channel_read_etc
.type zx_channel_read_etc, @function
zx_channel_read_etc:
    jmp qword ptr [rip + .Limport_zx_channel_read_etc]
.size zx_channel_read_etc, . - zx_channel_read_etc
.Lname_zx_channel_read_etc:
    .asciz "zx_channel_read_etc"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_channel_read_etc
.balign 8
.Limport_zx_channel_read_etc:
    .quad 0
    .quad .Lname_zx_channel_read_etc - .Limport_zx_channel_read_etc
.popsection
.globl _zx_channel_read_etc
.hidden _zx_channel_read_etc
.set _zx_channel_read_etc, zx_channel_read_etc
.pushsection .text.zx_channel_write, "ax", @progbits
.globl zx_channel_write
.hidden zx_channel_write
.type zx_channel_write, @function
zx_channel_write:
    jmp qword ptr [rip + .Limport_zx_channel_write]
.size zx_channel_write, . - zx_channel_write
.Lname_zx_channel_write:
    .asciz "zx_channel_write"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_channel_write
.balign 8
.Limport_zx_channel_write:
    .quad 0
    .quad .Lname_zx_channel_write - .Limport_zx_channel_write
.popsection
.globl _zx_channel_write
.hidden _zx_channel_write
.set _zx_channel_write, zx_channel_write
.pushsection .text.zx_channel_write_etc, "ax", @progbits
.globl zx_channel_write_etc
.hidden zx_channel_write_etc
.type zx_channel_write_etc, @function
zx_channel_write_etc:
    jmp qword ptr [rip + .Limport_zx_channel_write_etc]
.size zx_channel_write_etc, . - zx_channel_write_etc
.Lname_zx_channel_write_etc:
    .asciz "zx_channel_write_etc"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_channel_write_etc
.balign 8
.Limport_zx_channel_write_etc:
    .quad 0
    .quad .Lname_zx_channel_write_etc - .Limport_zx_channel_write_etc
.popsection
.globl _zx_channel_write_etc
.hidden _zx_channel_write_etc
.set _zx_channel_write_etc, zx_channel_write_etc
.pushsection .text.zx_socket_create, "ax", @progbits
.globl zx_socket_create
.hidden zx_socket_create
.type zx_socket_create, @function
zx_socket_create:
    jmp qword ptr [rip + .Limport_zx_socket_create]
.size zx_socket_create, . - zx_socket_create
.Lname_zx_socket_create:
    .asciz "zx_socket_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_socket_create
.balign 8
.Limport_zx_socket_create:
    .quad 0
    .quad .Lname_zx_socket_create - .Limport_zx_socket_create
.popsection
.globl _zx_socket_create
.hidden _zx_socket_create
.set _zx_socket_create, zx_socket_create
.pushsection .text.zx_socket_read, "ax", @progbits
.globl zx_socket_read
.hidden zx_socket_read
.type zx_socket_read, @function
zx_socket_read:
    jmp qword ptr [rip + .Limport_zx_socket_read]
.size zx_socket_read, . - zx_socket_read
.Lname_zx_socket_read:
    .asciz "zx_socket_read"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_socket_read
.balign 8
.Limport_zx_socket_read:
    .quad 0
    .quad .Lname_zx_socket_read - .Limport_zx_socket_read
.popsection
.globl _zx_socket_read
.hidden _zx_socket_read
.set _zx_socket_read, zx_socket_read
.pushsection .text.zx_socket_set_disposition, "ax", @progbits
.globl zx_socket_set_disposition
.hidden zx_socket_set_disposition
.type zx_socket_set_disposition, @function
zx_socket_set_disposition:
    jmp qword ptr [rip + .Limport_zx_socket_set_disposition]
.size zx_socket_set_disposition, . - zx_socket_set_disposition
.Lname_zx_socket_set_disposition:
    .asciz "zx_socket_set_disposition"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_socket_set_disposition
.balign 8
.Limport_zx_socket_set_disposition:
    .quad 0
    .quad .Lname_zx_socket_set_disposition - .Limport_zx_socket_set_disposition
.popsection
.globl _zx_socket_set_disposition
.hidden _zx_socket_set_disposition
.set _zx_socket_set_disposition, zx_socket_set_disposition
.pushsection .text.zx_socket_shutdown, "ax", @progbits
.globl zx_socket_shutdown
.hidden zx_socket_shutdown
.type zx_socket_shutdown, @function
zx_socket_shutdown:
    jmp qword ptr [rip + .Limport_zx_socket_shutdown]
.size zx_socket_shutdown, . - zx_socket_shutdown
.Lname_zx_socket_shutdown:
    .asciz "zx_socket_shutdown"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_socket_shutdown
.balign 8
.Limport_zx_socket_shutdown:
    .quad 0
    .quad .Lname_zx_socket_shutdown - .Limport_zx_socket_shutdown
.popsection
.globl _zx_socket_shutdown
.hidden _zx_socket_shutdown
.set _zx_socket_shutdown, zx_socket_shutdown
.pushsection .text.zx_socket_write, "ax", @progbits
.globl zx_socket_write
.hidden zx_socket_write
.type zx_socket_write, @function
zx_socket_write:
    jmp qword ptr [rip + .Limport_zx_socket_write]
.size zx_socket_write, . - zx_socket_write
.Lname_zx_socket_write:
    .asciz "zx_socket_write"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_socket_write
.balign 8
.Limport_zx_socket_write:
    .quad 0
    .quad .Lname_zx_socket_write - .Limport_zx_socket_write
.popsection
.globl _zx_socket_write
.hidden _zx_socket_write
.set _zx_socket_write, zx_socket_write
.pushsection .text.zx_stream_create, "ax", @progbits
.globl zx_stream_create
.hidden zx_stream_create
.type zx_stream_create, @function
zx_stream_create:
    jmp qword ptr [rip + .Limport_zx_stream_create]
.size zx_stream_create, . - zx_stream_create
.Lname_zx_stream_create:
    .asciz "zx_stream_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_stream_create
.balign 8
.Limport_zx_stream_create:
    .quad 0
    .quad .Lname_zx_stream_create - .Limport_zx_stream_create
.popsection
.globl _zx_stream_create
.hidden _zx_stream_create
.set _zx_stream_create, zx_stream_create
.pushsection .text.zx_stream_readv, "ax", @progbits
.globl zx_stream_readv
.hidden zx_stream_readv
.type zx_stream_readv, @function
zx_stream_readv:
    jmp qword ptr [rip + .Limport_zx_stream_readv]
.size zx_stream_readv, . - zx_stream_readv
.Lname_zx_stream_readv:
    .asciz "zx_stream_readv"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_stream_readv
.balign 8
.Limport_zx_stream_readv:
    .quad 0
    .quad .Lname_zx_stream_readv - .Limport_zx_stream_readv
.popsection
.globl _zx_stream_readv
.hidden _zx_stream_readv
.set _zx_stream_readv, zx_stream_readv
.pushsection .text.zx_stream_readv_at, "ax", @progbits
.globl zx_stream_readv_at
.hidden zx_stream_readv_at
.type zx_stream_readv_at, @function
zx_stream_readv_at:
    jmp qword ptr [rip + .Limport_zx_stream_readv_at]
.size zx_stream_readv_at, . - zx_stream_readv_at
.Lname_zx_stream_readv_at:
    .asciz "zx_stream_readv_at"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_stream_readv_at
.balign 8
.Limport_zx_stream_readv_at:
    .quad 0
    .quad .Lname_zx_stream_readv_at - .Limport_zx_stream_readv_at
.popsection
.globl _zx_stream_readv_at
.hidden _zx_stream_readv_at
.set _zx_stream_readv_at, zx_stream_readv_at
.pushsection .text.zx_stream_writev, "ax", @progbits
.globl zx_stream_writev
.hidden zx_stream_writev
.type zx_stream_writev, @function
zx_stream_writev:
    jmp qword ptr [rip + .Limport_zx_stream_writev]
.size zx_stream_writev, . - zx_stream_writev
.Lname_zx_stream_writev:
    .asciz "zx_stream_writev"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_stream_writev
.balign 8
.Limport_zx_stream_writev:
    .quad 0
    .quad .Lname_zx_stream_writev - .Limport_zx_stream_writev
.popsection
.globl _zx_stream_writev
.hidden _zx_stream_writev
.set _zx_stream_writev, zx_stream_writev
.pushsection .text.zx_stream_writev_at, "ax", @progbits
.globl zx_stream_writev_at
.hidden zx_stream_writev_at
.type zx_stream_writev_at, @function
zx_stream_writev_at:
    jmp qword ptr [rip + .Limport_zx_stream_writev_at]
.size zx_stream_writev_at, . - zx_stream_writev_at
.Lname_zx_stream_writev_at:
    .asciz "zx_stream_writev_at"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_stream_writev_at
.balign 8
.Limport_zx_stream_writev_at:
    .quad 0
    .quad .Lname_zx_stream_writev_at - .Limport_zx_stream_writev_at
.popsection
.globl _zx_stream_writev_at
.hidden _zx_stream_writev_at
.set _zx_stream_writev_at, zx_stream_writev_at
.pushsection .text.zx_stream_seek, "ax", @progbits
.globl zx_stream_seek
.hidden zx_stream_seek
.type zx_stream_seek, @function
zx_stream_seek:
    jmp qword ptr [rip + .Limport_zx_stream_seek]
.size zx_stream_seek, . - zx_stream_seek
.Lname_zx_stream_seek:
    .asciz "zx_stream_seek"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_stream_seek
.balign 8
.Limport_zx_stream_seek:
    .quad 0
    .quad .Lname_zx_stream_seek - .Limport_zx_stream_seek
.popsection
.globl _zx_stream_seek
.hidden _zx_stream_seek
.set _zx_stream_seek, zx_stream_seek
.pushsection .text.zx_fifo_create, "ax", @progbits
.globl zx_fifo_create
.hidden zx_fifo_create
.type zx_fifo_create, @function
zx_fifo_create:
    jmp qword ptr [rip + .Limport_zx_fifo_create]
.size zx_fifo_create, . - zx_fifo_create
.Lname_zx_fifo_create:
    .asciz "zx_fifo_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_fifo_create
.balign 8
.Limport_zx_fifo_create:
    .quad 0
    .quad .Lname_zx_fifo_create - .Limport_zx_fifo_create
.popsection
.globl _zx_fifo_create
.hidden _zx_fifo_create
.set _zx_fifo_create, zx_fifo_create
.pushsection .text.zx_fifo_read, "ax", @progbits
.globl zx_fifo_read
.hidden zx_fifo_read
.type zx_fifo_read, @function
zx_fifo_read:
    jmp qword ptr [rip + .Limport_zx_fifo_read]
.size zx_fifo_read, . - zx_fifo_read
.Lname_zx_fifo_read:
    .asciz "zx_fifo_read"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_fifo_read
.balign 8
.Limport_zx_fifo_read:
    .quad 0
    .quad .Lname_zx_fifo_read - .Limport_zx_fifo_read
.popsection
.globl _zx_fifo_read
.hidden _zx_fifo_read
.set _zx_fifo_read, zx_fifo_read
.pushsection .text.zx_fifo_write, "ax", @progbits
.globl zx_fifo_write
.hidden zx_fifo_write
.type zx_fifo_write, @function
zx_fifo_write:
    jmp qword ptr [rip + .Limport_zx_fifo_write]
.size zx_fifo_write, . - zx_fifo_write
.Lname_zx_fifo_write:
    .asciz "zx_fifo_write"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_fifo_write
.balign 8
.Limport_zx_fifo_write:
    .quad 0
    .quad .Lname_zx_fifo_write - .Limport_zx_fifo_write
.popsection
.globl _zx_fifo_write
.hidden _zx_fifo_write
.set _zx_fifo_write, zx_fifo_write
.pushsection .text.zx_event_create, "ax", @progbits
.globl zx_event_create
.hidden zx_event_create
.type zx_event_create, @function
zx_event_create:
    jmp qword ptr [rip + .Limport_zx_event_create]
.size zx_event_create, . - zx_event_create
.Lname_zx_event_create:
    .asciz "zx_event_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_event_create
.balign 8
.Limport_zx_event_create:
    .quad 0
    .quad .Lname_zx_event_create - .Limport_zx_event_create
.popsection
.globl _zx_event_create
.hidden _zx_event_create
.set _zx_event_create, zx_event_create
.pushsection .text.zx_eventpair_create, "ax", @progbits
.globl zx_eventpair_create
.hidden zx_eventpair_create
.type zx_eventpair_create, @function
zx_eventpair_create:
    jmp qword ptr [rip + .Limport_zx_eventpair_create]
.size zx_eventpair_create, . - zx_eventpair_create
.Lname_zx_eventpair_create:
    .asciz "zx_eventpair_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_eventpair_create
.balign 8
.Limport_zx_eventpair_create:
    .quad 0
    .quad .Lname_zx_eventpair_create - .Limport_zx_eventpair_create
.popsection
.globl _zx_eventpair_create
.hidden _zx_eventpair_create
.set _zx_eventpair_create, zx_eventpair_create
.pushsection .text.zx_system_get_event, "ax", @progbits
.globl zx_system_get_event
.hidden zx_system_get_event
.type zx_system_get_event, @function
zx_system_get_event:
    jmp qword ptr [rip + .Limport_zx_system_get_event]
.size zx_system_get_event, . - zx_system_get_event
.Lname_zx_system_get_event:
    .asciz "zx_system_get_event"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_get_event
.balign 8
.Limport_zx_system_get_event:
    .quad 0
    .quad .Lname_zx_system_get_event - .Limport_zx_system_get_event
.popsection
.globl _zx_system_get_event
.hidden _zx_system_get_event
.set _zx_system_get_event, zx_system_get_event
.pushsection .text.zx_port_create, "ax", @progbits
.globl zx_port_create
.hidden zx_port_create
.type zx_port_create, @function
zx_port_create:
    jmp qword ptr [rip + .Limport_zx_port_create]
.size zx_port_create, . - zx_port_create
.Lname_zx_port_create:
    .asciz "zx_port_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_port_create
.balign 8
.Limport_zx_port_create:
    .quad 0
    .quad .Lname_zx_port_create - .Limport_zx_port_create
.popsection
.globl _zx_port_create
.hidden _zx_port_create
.set _zx_port_create, zx_port_create
.pushsection .text.zx_port_queue, "ax", @progbits
.globl zx_port_queue
.hidden zx_port_queue
.type zx_port_queue, @function
zx_port_queue:
    jmp qword ptr [rip + .Limport_zx_port_queue]
.size zx_port_queue, . - zx_port_queue
.Lname_zx_port_queue:
    .asciz "zx_port_queue"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_port_queue
.balign 8
.Limport_zx_port_queue:
    .quad 0
    .quad .Lname_zx_port_queue - .Limport_zx_port_queue
.popsection
.globl _zx_port_queue
.hidden _zx_port_queue
.set _zx_port_queue, zx_port_queue
.pushsection .text.zx_port_wait, "ax", @progbits
.globl zx_port_wait
.hidden zx_port_wait
.type zx_port_wait, @function
zx_port_wait:
    jmp qword ptr [rip + .Limport_zx_port_wait]
.size zx_port_wait, . - zx_port_wait
.Lname_zx_port_wait:
    .asciz "zx_port_wait"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_port_wait
.balign 8
.Limport_zx_port_wait:
    .quad 0
    .quad .Lname_zx_port_wait - .Limport_zx_port_wait
.popsection
.globl _zx_port_wait
.hidden _zx_port_wait
.set _zx_port_wait, zx_port_wait
.pushsection .text.zx_port_cancel, "ax", @progbits
.globl zx_port_cancel
.hidden zx_port_cancel
.type zx_port_cancel, @function
zx_port_cancel:
    jmp qword ptr [rip + .Limport_zx_port_cancel]
.size zx_port_cancel, . - zx_port_cancel
.Lname_zx_port_cancel:
    .asciz "zx_port_cancel"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_port_cancel
.balign 8
.Limport_zx_port_cancel:
    .quad 0
    .quad .Lname_zx_port_cancel - .Limport_zx_port_cancel
.popsection
.globl _zx_port_cancel
.hidden _zx_port_cancel
.set _zx_port_cancel, zx_port_cancel
.pushsection .text.zx_futex_wait, "ax", @progbits
.globl zx_futex_wait
.hidden zx_futex_wait
.type zx_futex_wait, @function
zx_futex_wait:
    jmp qword ptr [rip + .Limport_zx_futex_wait]
.size zx_futex_wait, . - zx_futex_wait
.Lname_zx_futex_wait:
    .asciz "zx_futex_wait"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_futex_wait
.balign 8
.Limport_zx_futex_wait:
    .quad 0
    .quad .Lname_zx_futex_wait - .Limport_zx_futex_wait
.popsection
.globl _zx_futex_wait
.hidden _zx_futex_wait
.set _zx_futex_wait, zx_futex_wait
.pushsection .text.zx_futex_wake, "ax", @progbits
.globl zx_futex_wake
.hidden zx_futex_wake
.type zx_futex_wake, @function
zx_futex_wake:
    jmp qword ptr [rip + .Limport_zx_futex_wake]
.size zx_futex_wake, . - zx_futex_wake
.Lname_zx_futex_wake:
    .asciz "zx_futex_wake"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_futex_wake
.balign 8
.Limport_zx_futex_wake:
    .quad 0
    .quad .Lname_zx_futex_wake - .Limport_zx_futex_wake
.popsection
.globl _zx_futex_wake
.hidden _zx_futex_wake
.set _zx_futex_wake, zx_futex_wake
.pushsection .text.zx_futex_requeue, "ax", @progbits
.globl zx_futex_requeue
.hidden zx_futex_requeue
.type zx_futex_requeue, @function
zx_futex_requeue:
    jmp qword ptr [rip + .Limport_zx_futex_requeue]
.size zx_futex_requeue, . - zx_futex_requeue
.Lname_zx_futex_requeue:
    .asciz "zx_futex_requeue"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_futex_requeue
.balign 8
.Limport_zx_futex_requeue:
    .quad 0
    .quad .Lname_zx_futex_requeue - .Limport_zx_futex_requeue
.popsection
.globl _zx_futex_requeue
.hidden _zx_futex_requeue
.set _zx_futex_requeue, zx_futex_requeue
.pushsection .text.zx_futex_wake_single_owner, "ax", @progbits
.globl zx_futex_wake_single_owner
.hidden zx_futex_wake_single_owner
.type zx_futex_wake_single_owner, @function
zx_futex_wake_single_owner:
    jmp qword ptr [rip + .Limport_zx_futex_wake_single_owner]
.size zx_futex_wake_single_owner, . - zx_futex_wake_single_owner
.Lname_zx_futex_wake_single_owner:
    .asciz "zx_futex_wake_single_owner"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_futex_wake_single_owner
.balign 8
.Limport_zx_futex_wake_single_owner:
    .quad 0
    .quad .Lname_zx_futex_wake_single_owner - .Limport_zx_futex_wake_single_owner
.popsection
.globl _zx_futex_wake_single_owner
.hidden _zx_futex_wake_single_owner
.set _zx_futex_wake_single_owner, zx_futex_wake_single_owner
.pushsection .text.zx_futex_requeue_single_owner, "ax", @progbits
.globl zx_futex_requeue_single_owner
.hidden zx_futex_requeue_single_owner
.type zx_futex_requeue_single_owner, @function
zx_futex_requeue_single_owner:
    jmp qword ptr [rip + .Limport_zx_futex_requeue_single_owner]
.size zx_futex_requeue_single_owner, . - zx_futex_requeue_single_owner
.Lname_zx_futex_requeue_single_owner:
    .asciz "zx_futex_requeue_single_owner"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_futex_requeue_single_owner
.balign 8
.Limport_zx_futex_requeue_single_owner:
    .quad 0
    .quad .Lname_zx_futex_requeue_single_owner - .Limport_zx_futex_requeue_single_owner
.popsection
.globl _zx_futex_requeue_single_owner
.hidden _zx_futex_requeue_single_owner
.set _zx_futex_requeue_single_owner, zx_futex_requeue_single_owner
.pushsection .text.zx_futex_get_owner, "ax", @progbits
.globl zx_futex_get_owner
.hidden zx_futex_get_owner
.type zx_futex_get_owner, @function
zx_futex_get_owner:
    jmp qword ptr [rip + .Limport_zx_futex_get_owner]
.size zx_futex_get_owner, . - zx_futex_get_owner
.Lname_zx_futex_get_owner:
    .asciz "zx_futex_get_owner"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_futex_get_owner
.balign 8
.Limport_zx_futex_get_owner:
    .quad 0
    .quad .Lname_zx_futex_get_owner - .Limport_zx_futex_get_owner
.popsection
.globl _zx_futex_get_owner
.hidden _zx_futex_get_owner
.set _zx_futex_get_owner, zx_futex_get_owner
.pushsection .text.zx_vmo_create, "ax", @progbits
.globl zx_vmo_create
.hidden zx_vmo_create
.type zx_vmo_create, @function
zx_vmo_create:
    jmp qword ptr [rip + .Limport_zx_vmo_create]
.size zx_vmo_create, . - zx_vmo_create
.Lname_zx_vmo_create:
    .asciz "zx_vmo_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_create
.balign 8
.Limport_zx_vmo_create:
    .quad 0
    .quad .Lname_zx_vmo_create - .Limport_zx_vmo_create
.popsection
.globl _zx_vmo_create
.hidden _zx_vmo_create
.set _zx_vmo_create, zx_vmo_create
.pushsection .text.zx_vmo_read, "ax", @progbits
.globl zx_vmo_read
.hidden zx_vmo_read
.type zx_vmo_read, @function
zx_vmo_read:
    jmp qword ptr [rip + .Limport_zx_vmo_read]
.size zx_vmo_read, . - zx_vmo_read
.Lname_zx_vmo_read:
    .asciz "zx_vmo_read"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_read
.balign 8
.Limport_zx_vmo_read:
    .quad 0
    .quad .Lname_zx_vmo_read - .Limport_zx_vmo_read
.popsection
.globl _zx_vmo_read
.hidden _zx_vmo_read
.set _zx_vmo_read, zx_vmo_read
.pushsection .text.zx_vmo_write, "ax", @progbits
.globl zx_vmo_write
.hidden zx_vmo_write
.type zx_vmo_write, @function
zx_vmo_write:
    jmp qword ptr [rip + .Limport_zx_vmo_write]
.size zx_vmo_write, . - zx_vmo_write
.Lname_zx_vmo_write:
    .asciz "zx_vmo_write"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_write
.balign 8
.Limport_zx_vmo_write:
    .quad 0
    .quad .Lname_zx_vmo_write - .Limport_zx_vmo_write
.popsection
.globl _zx_vmo_write
.hidden _zx_vmo_write
.set _zx_vmo_write, zx_vmo_write
.pushsection .text.zx_vmo_create_child, "ax", @progbits
.globl zx_vmo_create_child
.hidden zx_vmo_create_child
.type zx_vmo_create_child, @function
zx_vmo_create_child:
    jmp qword ptr [rip + .Limport_zx_vmo_create_child]
.size zx_vmo_create_child, . - zx_vmo_create_child
.Lname_zx_vmo_create_child:
    .asciz "zx_vmo_create_child"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_create_child
.balign 8
.Limport_zx_vmo_create_child:
    .quad 0
    .quad .Lname_zx_vmo_create_child - .Limport_zx_vmo_create_child
.popsection
.globl _zx_vmo_create_child
.hidden _zx_vmo_create_child
.set _zx_vmo_create_child, zx_vmo_create_child
.pushsection .text.zx_vmo_get_size, "ax", @progbits
.globl zx_vmo_get_size
.hidden zx_vmo_get_size
.type zx_vmo_get_size, @function
zx_vmo_get_size:
    jmp qword ptr [rip + .Limport_zx_vmo_get_size]
.size zx_vmo_get_size, . - zx_vmo_get_size
.Lname_zx_vmo_get_size:
    .asciz "zx_vmo_get_size"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_get_size
.balign 8
.Limport_zx_vmo_get_size:
    .quad 0
    .quad .Lname_zx_vmo_get_size - .Limport_zx_vmo_get_size
.popsection
.globl _zx_vmo_get_size
.hidden _zx_vmo_get_size
.set _zx_vmo_get_size, zx_vmo_get_size
.pushsection .text.zx_vmo_set_size, "ax", @progbits
.globl zx_vmo_set_size
.hidden zx_vmo_set_size
.type zx_vmo_set_size, @function
zx_vmo_set_size:
    jmp qword ptr [rip + .Limport_zx_vmo_set_size]
.size zx_vmo_set_size, . - zx_vmo_set_size
.Lname_zx_vmo_set_size:
    .asciz "zx_vmo_set_size"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_set_size
.balign 8
.Limport_zx_vmo_set_size:
    .quad 0
    .quad .Lname_zx_vmo_set_size - .Limport_zx_vmo_set_size
.popsection
.globl _zx_vmo_set_size
.hidden _zx_vmo_set_size
.set _zx_vmo_set_size, zx_vmo_set_size
.pushsection .text.zx_vmo_op_range, "ax", @progbits
.globl zx_vmo_op_range
.hidden zx_vmo_op_range
.type zx_vmo_op_range, @function
zx_vmo_op_range:
    jmp qword ptr [rip + .Limport_zx_vmo_op_range]
.size zx_vmo_op_range, . - zx_vmo_op_range
.Lname_zx_vmo_op_range:
    .asciz "zx_vmo_op_range"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_op_range
.balign 8
.Limport_zx_vmo_op_range:
    .quad 0
    .quad .Lname_zx_vmo_op_range - .Limport_zx_vmo_op_range
.popsection
.globl _zx_vmo_op_range
.hidden _zx_vmo_op_range
.set _zx_vmo_op_range, zx_vmo_op_range
.pushsection .text.zx_vmo_replace_as_executable, "ax", @progbits
.globl zx_vmo_replace_as_executable
.hidden zx_vmo_replace_as_executable
.type zx_vmo_replace_as_executable, @function
zx_vmo_replace_as_executable:
    jmp qword ptr [rip + .Limport_zx_vmo_replace_as_executable]
.size zx_vmo_replace_as_executable, . - zx_vmo_replace_as_executable
.Lname_zx_vmo_replace_as_executable:
    .asciz "zx_vmo_replace_as_executable"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_replace_as_executable
.balign 8
.Limport_zx_vmo_replace_as_executable:
    .quad 0
    .quad .Lname_zx_vmo_replace_as_executable - .Limport_zx_vmo_replace_as_executable
.popsection
.globl _zx_vmo_replace_as_executable
.hidden _zx_vmo_replace_as_executable
.set _zx_vmo_replace_as_executable, zx_vmo_replace_as_executable
.pushsection .text.zx_vmo_create_contiguous, "ax", @progbits
.globl zx_vmo_create_contiguous
.hidden zx_vmo_create_contiguous
.type zx_vmo_create_contiguous, @function
zx_vmo_create_contiguous:
    jmp qword ptr [rip + .Limport_zx_vmo_create_contiguous]
.size zx_vmo_create_contiguous, . - zx_vmo_create_contiguous
.Lname_zx_vmo_create_contiguous:
    .asciz "zx_vmo_create_contiguous"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_create_contiguous
.balign 8
.Limport_zx_vmo_create_contiguous:
    .quad 0
    .quad .Lname_zx_vmo_create_contiguous - .Limport_zx_vmo_create_contiguous
.popsection
.globl _zx_vmo_create_contiguous
.hidden _zx_vmo_create_contiguous
.set _zx_vmo_create_contiguous, zx_vmo_create_contiguous
.pushsection .text.zx_vmo_create_physical, "ax", @progbits
.globl zx_vmo_create_physical
.hidden zx_vmo_create_physical
.type zx_vmo_create_physical, @function
zx_vmo_create_physical:
    jmp qword ptr [rip + .Limport_zx_vmo_create_physical]
.size zx_vmo_create_physical, . - zx_vmo_create_physical
.Lname_zx_vmo_create_physical:
    .asciz "zx_vmo_create_physical"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_create_physical
.balign 8
.Limport_zx_vmo_create_physical:
    .quad 0
    .quad .Lname_zx_vmo_create_physical - .Limport_zx_vmo_create_physical
.popsection
.globl _zx_vmo_create_physical
.hidden _zx_vmo_create_physical
.set _zx_vmo_create_physical, zx_vmo_create_physical
.pushsection .text.zx_vmo_set_cache_policy, "ax", @progbits
.globl zx_vmo_set_cache_policy
.hidden zx_vmo_set_cache_policy
.type zx_vmo_set_cache_policy, @function
zx_vmo_set_cache_policy:
    jmp qword ptr [rip + .Limport_zx_vmo_set_cache_policy]
.size zx_vmo_set_cache_policy, . - zx_vmo_set_cache_policy
.Lname_zx_vmo_set_cache_policy:
    .asciz "zx_vmo_set_cache_policy"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmo_set_cache_policy
.balign 8
.Limport_zx_vmo_set_cache_policy:
    .quad 0
    .quad .Lname_zx_vmo_set_cache_policy - .Limport_zx_vmo_set_cache_policy
.popsection
.globl _zx_vmo_set_cache_policy
.hidden _zx_vmo_set_cache_policy
.set _zx_vmo_set_cache_policy, zx_vmo_set_cache_policy
.pushsection .text.zx_vmar_allocate, "ax", @progbits
.globl zx_vmar_allocate
.hidden zx_vmar_allocate
.type zx_vmar_allocate, @function
zx_vmar_allocate:
    jmp qword ptr [rip + .Limport_zx_vmar_allocate]
.size zx_vmar_allocate, . - zx_vmar_allocate
.Lname_zx_vmar_allocate:
    .asciz "zx_vmar_allocate"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmar_allocate
.balign 8
.Limport_zx_vmar_allocate:
    .quad 0
    .quad .Lname_zx_vmar_allocate - .Limport_zx_vmar_allocate
.popsection
.globl _zx_vmar_allocate
.hidden _zx_vmar_allocate
.set _zx_vmar_allocate, zx_vmar_allocate
.pushsection .text.zx_vmar_map, "ax", @progbits
.globl zx_vmar_map
.hidden zx_vmar_map
.type zx_vmar_map, @function
zx_vmar_map:
    jmp qword ptr [rip + .Limport_zx_vmar_map]
.size zx_vmar_map, . - zx_vmar_map
.Lname_zx_vmar_map:
    .asciz "zx_vmar_map"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmar_map
.balign 8
.Limport_zx_vmar_map:
    .quad 0
    .quad .Lname_zx_vmar_map - .Limport_zx_vmar_map
.popsection
.globl _zx_vmar_map
.hidden _zx_vmar_map
.set _zx_vmar_map, zx_vmar_map
.pushsection .text.zx_vmar_unmap, "ax", @progbits
.globl zx_vmar_unmap
.hidden zx_vmar_unmap
.type zx_vmar_unmap, @function
zx_vmar_unmap:
    jmp qword ptr [rip + .Limport_zx_vmar_unmap]
.size zx_vmar_unmap, . - zx_vmar_unmap
.Lname_zx_vmar_unmap:
    .asciz "zx_vmar_unmap"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmar_unmap
.balign 8
.Limport_zx_vmar_unmap:
    .quad 0
    .quad .Lname_zx_vmar_unmap - .Limport_zx_vmar_unmap
.popsection
.globl _zx_vmar_unmap
.hidden _zx_vmar_unmap
.set _zx_vmar_unmap, zx_vmar_unmap
.pushsection .text.zx_vmar_protect, "ax", @progbits
.globl zx_vmar_protect
.hidden zx_vmar_protect
.type zx_vmar_protect, @function
zx_vmar_protect:
    jmp qword ptr [rip + .Limport_zx_vmar_protect]
.size zx_vmar_protect, . - zx_vmar_protect
.Lname_zx_vmar_protect:
    .asciz "zx_vmar_protect"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmar_protect
.balign 8
.Limport_zx_vmar_protect:
    .quad 0
    .quad .Lname_zx_vmar_protect - .Limport_zx_vmar_protect
.popsection
.globl _zx_vmar_protect
.hidden _zx_vmar_protect
.set _zx_vmar_protect, zx_vmar_protect
.pushsection .text.zx_vmar_op_range, "ax", @progbits
.globl zx_vmar_op_range
.hidden zx_vmar_op_range
.type zx_vmar_op_range, @function
zx_vmar_op_range:
    jmp qword ptr [rip + .Limport_zx_vmar_op_range]
.size zx_vmar_op_range, . - zx_vmar_op_range
.Lname_zx_vmar_op_range:
    .asciz "zx_vmar_op_range"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmar_op_range
.balign 8
.Limport_zx_vmar_op_range:
    .quad 0
    .quad .Lname_zx_vmar_op_range - .Limport_zx_vmar_op_range
.popsection
.globl _zx_vmar_op_range
.hidden _zx_vmar_op_range
.set _zx_vmar_op_range, zx_vmar_op_range
.pushsection .text.zx_vmar_destroy, "ax", @progbits
.globl zx_vmar_destroy
.hidden zx_vmar_destroy
.type zx_vmar_destroy, @function
zx_vmar_destroy:
    jmp qword ptr [rip + .Limport_zx_vmar_destroy]
.size zx_vmar_destroy, . - zx_vmar_destroy
.Lname_zx_vmar_destroy:
    .asciz "zx_vmar_destroy"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmar_destroy
.balign 8
.Limport_zx_vmar_destroy:
    .quad 0
    .quad .Lname_zx_vmar_destroy - .Limport_zx_vmar_destroy
.popsection
.globl _zx_vmar_destroy
.hidden _zx_vmar_destroy
.set _zx_vmar_destroy, zx_vmar_destroy
.pushsection .text.zx_pager_create, "ax", @progbits
.globl zx_pager_create
.hidden zx_pager_create
.type zx_pager_create, @function
zx_pager_create:
    jmp qword ptr [rip + .Limport_zx_pager_create]
.size zx_pager_create, . - zx_pager_create
.Lname_zx_pager_create:
    .asciz "zx_pager_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pager_create
.balign 8
.Limport_zx_pager_create:
    .quad 0
    .quad .Lname_zx_pager_create - .Limport_zx_pager_create
.popsection
.globl _zx_pager_create
.hidden _zx_pager_create
.set _zx_pager_create, zx_pager_create
.pushsection .text.zx_pager_create_vmo, "ax", @progbits
.globl zx_pager_create_vmo
.hidden zx_pager_create_vmo
.type zx_pager_create_vmo, @function
zx_pager_create_vmo:
    jmp qword ptr [rip + .Limport_zx_pager_create_vmo]
.size zx_pager_create_vmo, . - zx_pager_create_vmo
.Lname_zx_pager_create_vmo:
    .asciz "zx_pager_create_vmo"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pager_create_vmo
.balign 8
.Limport_zx_pager_create_vmo:
    .quad 0
    .quad .Lname_zx_pager_create_vmo - .Limport_zx_pager_create_vmo
.popsection
.globl _zx_pager_create_vmo
.hidden _zx_pager_create_vmo
.set _zx_pager_create_vmo, zx_pager_create_vmo
.pushsection .text.zx_pager_detach_vmo, "ax", @progbits
.globl zx_pager_detach_vmo
.hidden zx_pager_detach_vmo
.type zx_pager_detach_vmo, @function
zx_pager_detach_vmo:
    jmp qword ptr [rip + .Limport_zx_pager_detach_vmo]
.size zx_pager_detach_vmo, . - zx_pager_detach_vmo
.Lname_zx_pager_detach_vmo:
    .asciz "zx_pager_detach_vmo"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pager_detach_vmo
.balign 8
.Limport_zx_pager_detach_vmo:
    .quad 0
    .quad .Lname_zx_pager_detach_vmo - .Limport_zx_pager_detach_vmo
.popsection
.globl _zx_pager_detach_vmo
.hidden _zx_pager_detach_vmo
.set _zx_pager_detach_vmo, zx_pager_detach_vmo
.pushsection .text.zx_pager_supply_pages, "ax", @progbits
.globl zx_pager_supply_pages
.hidden zx_pager_supply_pages
.type zx_pager_supply_pages, @function
zx_pager_supply_pages:
    jmp qword ptr [rip + .Limport_zx_pager_supply_pages]
.size zx_pager_supply_pages, . - zx_pager_supply_pages
.Lname_zx_pager_supply_pages:
    .asciz "zx_pager_supply_pages"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pager_supply_pages
.balign 8
.Limport_zx_pager_supply_pages:
    .quad 0
    .quad .Lname_zx_pager_supply_pages - .Limport_zx_pager_supply_pages
.popsection
.globl _zx_pager_supply_pages
.hidden _zx_pager_supply_pages
.set _zx_pager_supply_pages, zx_pager_supply_pages
.pushsection .text.zx_pager_op_range, "ax", @progbits
.globl zx_pager_op_range
.hidden zx_pager_op_range
.type zx_pager_op_range, @function
zx_pager_op_range:
    jmp qword ptr [rip + .Limport_zx_pager_op_range]
.size zx_pager_op_range, . - zx_pager_op_range
.Lname_zx_pager_op_range:
    .asciz "zx_pager_op_range"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pager_op_range
.balign 8
.Limport_zx_pager_op_range:
    .quad 0
    .quad .Lname_zx_pager_op_range - .Limport_zx_pager_op_range
.popsection
.globl _zx_pager_op_range
.hidden _zx_pager_op_range
.set _zx_pager_op_range, zx_pager_op_range
.pushsection .text.zx_cprng_add_entropy, "ax", @progbits
.globl zx_cprng_add_entropy
.hidden zx_cprng_add_entropy
.type zx_cprng_add_entropy, @function
zx_cprng_add_entropy:
    jmp qword ptr [rip + .Limport_zx_cprng_add_entropy]
.size zx_cprng_add_entropy, . - zx_cprng_add_entropy
.Lname_zx_cprng_add_entropy:
    .asciz "zx_cprng_add_entropy"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_cprng_add_entropy
.balign 8
.Limport_zx_cprng_add_entropy:
    .quad 0
    .quad .Lname_zx_cprng_add_entropy - .Limport_zx_cprng_add_entropy
.popsection
.globl _zx_cprng_add_entropy
.hidden _zx_cprng_add_entropy
.set _zx_cprng_add_entropy, zx_cprng_add_entropy
.pushsection .text.zx_cprng_draw, "ax", @progbits
.globl zx_cprng_draw
.hidden zx_cprng_draw
.type zx_cprng_draw, @function
zx_cprng_draw:
    jmp qword ptr [rip + .Limport_zx_cprng_draw]
.size zx_cprng_draw, . - zx_cprng_draw
.Lname_zx_cprng_draw:
    .asciz "zx_cprng_draw"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_cprng_draw
.balign 8
.Limport_zx_cprng_draw:
    .quad 0
    .quad .Lname_zx_cprng_draw - .Limport_zx_cprng_draw
.popsection
.globl _zx_cprng_draw
.hidden _zx_cprng_draw
.set _zx_cprng_draw, zx_cprng_draw
.pushsection .text.zx_nanosleep, "ax", @progbits
.globl zx_nanosleep
.hidden zx_nanosleep
.type zx_nanosleep, @function
zx_nanosleep:
    jmp qword ptr [rip + .Limport_zx_nanosleep]
.size zx_nanosleep, . - zx_nanosleep
.Lname_zx_nanosleep:
    .asciz "zx_nanosleep"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_nanosleep
.balign 8
.Limport_zx_nanosleep:
    .quad 0
    .quad .Lname_zx_nanosleep - .Limport_zx_nanosleep
.popsection
.globl _zx_nanosleep
.hidden _zx_nanosleep
.set _zx_nanosleep, zx_nanosleep
.pushsection .text.zx_clock_get_monotonic, "ax", @progbits
.globl zx_clock_get_monotonic
.hidden zx_clock_get_monotonic
.type zx_clock_get_monotonic, @function
zx_clock_get_monotonic:
    jmp qword ptr [rip + .Limport_zx_clock_get_monotonic]
.size zx_clock_get_monotonic, . - zx_clock_get_monotonic
.Lname_zx_clock_get_monotonic:
    .asciz "zx_clock_get_monotonic"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_clock_get_monotonic
.balign 8
.Limport_zx_clock_get_monotonic:
    .quad 0
    .quad .Lname_zx_clock_get_monotonic - .Limport_zx_clock_get_monotonic
.popsection
.globl _zx_clock_get_monotonic
.hidden _zx_clock_get_monotonic
.set _zx_clock_get_monotonic, zx_clock_get_monotonic
.pushsection .text.zx_ticks_get, "ax", @progbits
.globl zx_ticks_get
.hidden zx_ticks_get
.type zx_ticks_get, @function
zx_ticks_get:
    jmp qword ptr [rip + .Limport_zx_ticks_get]
.size zx_ticks_get, . - zx_ticks_get
.Lname_zx_ticks_get:
    .asciz "zx_ticks_get"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_ticks_get
.balign 8
.Limport_zx_ticks_get:
    .quad 0
    .quad .Lname_zx_ticks_get - .Limport_zx_ticks_get
.popsection
.globl _zx_ticks_get
.hidden _zx_ticks_get
.set _zx_ticks_get, zx_ticks_get
.pushsection .text.zx_ticks_per_second, "ax", @progbits
.globl zx_ticks_per_second
.hidden zx_ticks_per_second
.type zx_ticks_per_second, @function
zx_ticks_per_second:
    jmp qword ptr [rip + .Limport_zx_ticks_per_second]
.size zx_ticks_per_second, . - zx_ticks_per_second
.Lname_zx_ticks_per_second:
    .asciz "zx_ticks_per_second"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_ticks_per_second
.balign 8
.Limport_zx_ticks_per_second:
    .quad 0
    .quad .Lname_zx_ticks_per_second - .Limport_zx_ticks_per_second
.popsection
.globl _zx_ticks_per_second
.hidden _zx_ticks_per_second
.set _zx_ticks_per_second, zx_ticks_per_second
.pushsection .text.zx_deadline_after, "ax", @progbits
.globl zx_deadline_after
.hidden zx_deadline_after
.type zx_deadline_after, @function
zx_deadline_after:
    jmp qword ptr [rip + .Limport_zx_deadline_after]
.size zx_deadline_after, . - zx_deadline_after
.Lname_zx_deadline_after:
    .asciz "zx_deadline_after"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_deadline_after
.balign 8
.Limport_zx_deadline_after:
    .quad 0
    .quad .Lname_zx_deadline_after - .Limport_zx_deadline_after
.popsection
.globl _zx_deadline_after
.hidden _zx_deadline_after
.set _zx_deadline_after, zx_deadline_after
.pushsection .text.zx_clock_create, "ax", @progbits
.globl zx_clock_create
.hidden zx_clock_create
.type zx_clock_create, @function
zx_clock_create:
    jmp qword ptr [rip + .Limport_zx_clock_create]
.size zx_clock_create, . - zx_clock_create
.Lname_zx_clock_create:
    .asciz "zx_clock_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_clock_create
.balign 8
.Limport_zx_clock_create:
    .quad 0
    .quad .Lname_zx_clock_create - .Limport_zx_clock_create
.popsection
.globl _zx_clock_create
.hidden _zx_clock_create
.set _zx_clock_create, zx_clock_create
.pushsection .text.zx_clock_read, "ax", @progbits
.globl zx_clock_read
.hidden zx_clock_read
.type zx_clock_read, @function
zx_clock_read:
    jmp qword ptr [rip + .Limport_zx_clock_read]
.size zx_clock_read, . - zx_clock_read
.Lname_zx_clock_read:
    .asciz "zx_clock_read"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_clock_read
.balign 8
.Limport_zx_clock_read:
    .quad 0
    .quad .Lname_zx_clock_read - .Limport_zx_clock_read
.popsection
.globl _zx_clock_read
.hidden _zx_clock_read
.set _zx_clock_read, zx_clock_read
.pushsection .text.zx_clock_get_details, "ax", @progbits
.globl zx_clock_get_details
.hidden zx_clock_get_details
.type zx_clock_get_details, @function
zx_clock_get_details:
    jmp qword ptr [rip + .Limport_zx_clock_get_details]
.size zx_clock_get_details, . - zx_clock_get_details
.Lname_zx_clock_get_details:
    .asciz "zx_clock_get_details"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_clock_get_details
.balign 8
.Limport_zx_clock_get_details:
    .quad 0
    .quad .Lname_zx_clock_get_details - .Limport_zx_clock_get_details
.popsection
.globl _zx_clock_get_details
.hidden _zx_clock_get_details
.set _zx_clock_get_details, zx_clock_get_details
.pushsection .text.zx_clock_update, "ax", @progbits
.globl zx_clock_update
.hidden zx_clock_update
.type zx_clock_update, @function
zx_clock_update:
    jmp qword ptr [rip + .Limport_zx_clock_update]
.size zx_clock_update, . - zx_clock_update
.Lname_zx_clock_update:
    .asciz "zx_clock_update"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_clock_update
.balign 8
.Limport_zx_clock_update:
    .quad 0
    .quad .Lname_zx_clock_update - .Limport_zx_clock_update
.popsection
.globl _zx_clock_update
.hidden _zx_clock_update
.set _zx_clock_update, zx_clock_update
.pushsection .text.zx_timer_create, "ax", @progbits
.globl zx_timer_create
.hidden zx_timer_create
.type zx_timer_create, @function
zx_timer_create:
    jmp qword ptr [rip + .Limport_zx_timer_create]
.size zx_timer_create, . - zx_timer_create
.Lname_zx_timer_create:
    .asciz "zx_timer_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_timer_create
.balign 8
.Limport_zx_timer_create:
    .quad 0
    .quad .Lname_zx_timer_create - .Limport_zx_timer_create
.popsection
.globl _zx_timer_create
.hidden _zx_timer_create
.set _zx_timer_create, zx_timer_create
.pushsection .text.zx_timer_set, "ax", @progbits
.globl zx_timer_set
.hidden zx_timer_set
.type zx_timer_set, @function
zx_timer_set:
    jmp qword ptr [rip + .Limport_zx_timer_set]
.size zx_timer_set, . - zx_timer_set
.Lname_zx_timer_set:
    .asciz "zx_timer_set"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_timer_set
.balign 8
.Limport_zx_timer_set:
    .quad 0
    .quad .Lname_zx_timer_set - .Limport_zx_timer_set
.popsection
.globl _zx_timer_set
.hidden _zx_timer_set
.set _zx_timer_set, zx_timer_set
.pushsection .text.zx_timer_cancel, "ax", @progbits
.globl zx_timer_cancel
.hidden zx_timer_cancel
.type zx_timer_cancel, @function
zx_timer_cancel:
    jmp qword ptr [rip + .Limport_zx_timer_cancel]
.size zx_timer_cancel, . - zx_timer_cancel
.Lname_zx_timer_cancel:
    .asciz "zx_timer_cancel"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_timer_cancel
.balign 8
.Limport_zx_timer_cancel:
    .quad 0
    .quad .Lname_zx_timer_cancel - .Limport_zx_timer_cancel
.popsection
.globl _zx_timer_cancel
.hidden _zx_timer_cancel
.set _zx_timer_cancel, zx_timer_cancel
.pushsection .text.zx_guest_create, "ax", @progbits
.globl zx_guest_create
.hidden zx_guest_create
.type zx_guest_create, @function
zx_guest_create:
    jmp qword ptr [rip + .Limport_zx_guest_create]
.size zx_guest_create, . - zx_guest_create
.Lname_zx_guest_create:
    .asciz "zx_guest_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_guest_create
.balign 8
.Limport_zx_guest_create:
    .quad 0
    .quad .Lname_zx_guest_create - .Limport_zx_guest_create
.popsection
.globl _zx_guest_create
.hidden _zx_guest_create
.set _zx_guest_create, zx_guest_create
.pushsection .text.zx_guest_set_trap, "ax", @progbits
.globl zx_guest_set_trap
.hidden zx_guest_set_trap
.type zx_guest_set_trap, @function
zx_guest_set_trap:
    jmp qword ptr [rip + .Limport_zx_guest_set_trap]
.size zx_guest_set_trap, . - zx_guest_set_trap
.Lname_zx_guest_set_trap:
    .asciz "zx_guest_set_trap"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_guest_set_trap
.balign 8
.Limport_zx_guest_set_trap:
    .quad 0
    .quad .Lname_zx_guest_set_trap - .Limport_zx_guest_set_trap
.popsection
.globl _zx_guest_set_trap
.hidden _zx_guest_set_trap
.set _zx_guest_set_trap, zx_guest_set_trap
.pushsection .text.zx_vcpu_create, "ax", @progbits
.globl zx_vcpu_create
.hidden zx_vcpu_create
.type zx_vcpu_create, @function
zx_vcpu_create:
    jmp qword ptr [rip + .Limport_zx_vcpu_create]
.size zx_vcpu_create, . - zx_vcpu_create
.Lname_zx_vcpu_create:
    .asciz "zx_vcpu_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vcpu_create
.balign 8
.Limport_zx_vcpu_create:
    .quad 0
    .quad .Lname_zx_vcpu_create - .Limport_zx_vcpu_create
.popsection
.globl _zx_vcpu_create
.hidden _zx_vcpu_create
.set _zx_vcpu_create, zx_vcpu_create
.pushsection .text.zx_vcpu_enter, "ax", @progbits
.globl zx_vcpu_enter
.hidden zx_vcpu_enter
.type zx_vcpu_enter, @function
zx_vcpu_enter:
    jmp qword ptr [rip + .Limport_zx_vcpu_enter]
.size zx_vcpu_enter, . - zx_vcpu_enter
.Lname_zx_vcpu_enter:
    .asciz "zx_vcpu_enter"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vcpu_enter
.balign 8
.Limport_zx_vcpu_enter:
    .quad 0
    .quad .Lname_zx_vcpu_enter - .Limport_zx_vcpu_enter
.popsection
.globl _zx_vcpu_enter
.hidden _zx_vcpu_enter
.set _zx_vcpu_enter, zx_vcpu_enter
.pushsection .text.zx_vcpu_kick, "ax", @progbits
.globl zx_vcpu_kick
.hidden zx_vcpu_kick
.type zx_vcpu_kick, @function
zx_vcpu_kick:
    jmp qword ptr [rip + .Limport_zx_vcpu_kick]
.size zx_vcpu_kick, . - zx_vcpu_kick
.Lname_zx_vcpu_kick:
    .asciz "zx_vcpu_kick"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vcpu_kick
.balign 8
.Limport_zx_vcpu_kick:
    .quad 0
    .quad .Lname_zx_vcpu_kick - .Limport_zx_vcpu_kick
.popsection
.globl _zx_vcpu_kick
.hidden _zx_vcpu_kick
.set _zx_vcpu_kick, zx_vcpu_kick
.pushsection .text.zx_vcpu_interrupt, "ax", @progbits
.globl zx_vcpu_interrupt
.hidden zx_vcpu_interrupt
.type zx_vcpu_interrupt, @function
zx_vcpu_interrupt:
    jmp qword ptr [rip + .Limport_zx_vcpu_interrupt]
.size zx_vcpu_interrupt, . - zx_vcpu_interrupt
.Lname_zx_vcpu_interrupt:
    .asciz "zx_vcpu_interrupt"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vcpu_interrupt
.balign 8
.Limport_zx_vcpu_interrupt:
    .quad 0
    .quad .Lname_zx_vcpu_interrupt - .Limport_zx_vcpu_interrupt
.popsection
.globl _zx_vcpu_interrupt
.hidden _zx_vcpu_interrupt
.set _zx_vcpu_interrupt, zx_vcpu_interrupt
.pushsection .text.zx_vcpu_read_state, "ax", @progbits
.globl zx_vcpu_read_state
.hidden zx_vcpu_read_state
.type zx_vcpu_read_state, @function
zx_vcpu_read_state:
    jmp qword ptr [rip + .Limport_zx_vcpu_read_state]
.size zx_vcpu_read_state, . - zx_vcpu_read_state
.Lname_zx_vcpu_read_state:
    .asciz "zx_vcpu_read_state"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vcpu_read_state
.balign 8
.Limport_zx_vcpu_read_state:
    .quad 0
    .quad .Lname_zx_vcpu_read_state - .Limport_zx_vcpu_read_state
.popsection
.globl _zx_vcpu_read_state
.hidden _zx_vcpu_read_state
.set _zx_vcpu_read_state, zx_vcpu_read_state
.pushsection .text.zx_vcpu_write_state, "ax", @progbits
.globl zx_vcpu_write_state
.hidden zx_vcpu_write_state
.type zx_vcpu_write_state, @function
zx_vcpu_write_state:
    jmp qword ptr [rip + .Limport_zx_vcpu_write_state]
.size zx_vcpu_write_state, . - zx_vcpu_write_state
.Lname_zx_vcpu_write_state:
    .asciz "zx_vcpu_write_state"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vcpu_write_state
.balign 8
.Limport_zx_vcpu_write_state:
    .quad 0
    .quad .Lname_zx_vcpu_write_state - .Limport_zx_vcpu_write_state
.popsection
.globl _zx_vcpu_write_state
.hidden _zx_vcpu_write_state
.set _zx_vcpu_write_state, zx_vcpu_write_state
.pushsection .text.zx_interrupt_bind_vcpu, "ax", @progbits
.globl zx_interrupt_bind_vcpu
.hidden zx_interrupt_bind_vcpu
.type zx_interrupt_bind_vcpu, @function
zx_interrupt_bind_vcpu:
    jmp qword ptr [rip + .Limport_zx_interrupt_bind_vcpu]
.size zx_interrupt_bind_vcpu, . - zx_interrupt_bind_vcpu
.Lname_zx_interrupt_bind_vcpu:
    .asciz "zx_interrupt_bind_vcpu"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_interrupt_bind_vcpu
.balign 8
.Limport_zx_interrupt_bind_vcpu:
    .quad 0
    .quad .Lname_zx_interrupt_bind_vcpu - .Limport_zx_interrupt_bind_vcpu
.popsection
.globl _zx_interrupt_bind_vcpu
.hidden _zx_interrupt_bind_vcpu
.set _zx_interrupt_bind_vcpu, zx_interrupt_bind_vcpu
.pushsection .text.zx_system_get_dcache_line_size, "ax", @progbits
.globl zx_system_get_dcache_line_size
.hidden zx_system_get_dcache_line_size
.type zx_system_get_dcache_line_size, @function
zx_system_get_dcache_line_size:
    jmp qword ptr [rip + .Limport_zx_system_get_dcache_line_size]
.size zx_system_get_dcache_line_size, . - zx_system_get_dcache_line_size
.Lname_zx_system_get_dcache_line_size:
    .asciz "zx_system_get_dcache_line_size"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_get_dcache_line_size
.balign 8
.Limport_zx_system_get_dcache_line_size:
    .quad 0
    .quad .Lname_zx_system_get_dcache_line_size - .Limport_zx_system_get_dcache_line_size
.popsection
.globl _zx_system_get_dcache_line_size
.hidden _zx_system_get_dcache_line_size
.set _zx_system_get_dcache_line_size, zx_system_get_dcache_line_size
.pushsection .text.zx_system_get_features, "ax", @progbits
.globl zx_system_get_features
.hidden zx_system_get_features
.type zx_system_get_features, @function
zx_system_get_features:
    jmp qword ptr [rip + .Limport_zx_system_get_features]
.size zx_system_get_features, . - zx_system_get_features
.Lname_zx_system_get_features:
    .asciz "zx_system_get_features"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_get_features
.balign 8
.Limport_zx_system_get_features:
    .quad 0
    .quad .Lname_zx_system_get_features - .Limport_zx_system_get_features
.popsection
.globl _zx_system_get_features
.hidden _zx_system_get_features
.set _zx_system_get_features, zx_system_get_features
.pushsection .text.zx_system_get_num_cpus, "ax", @progbits
.globl zx_system_get_num_cpus
.hidden zx_system_get_num_cpus
.type zx_system_get_num_cpus, @function
zx_system_get_num_cpus:
    jmp qword ptr [rip + .Limport_zx_system_get_num_cpus]
.size zx_system_get_num_cpus, . - zx_system_get_num_cpus
.Lname_zx_system_get_num_cpus:
    .asciz "zx_system_get_num_cpus"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_get_num_cpus
.balign 8
.Limport_zx_system_get_num_cpus:
    .quad 0
    .quad .Lname_zx_system_get_num_cpus - .Limport_zx_system_get_num_cpus
.popsection
.globl _zx_system_get_num_cpus
.hidden _zx_system_get_num_cpus
.set _zx_system_get_num_cpus, zx_system_get_num_cpus
.pushsection .text.zx_system_get_page_size, "ax", @progbits
.globl zx_system_get_page_size
.hidden zx_system_get_page_size
.type zx_system_get_page_size, @function
zx_system_get_page_size:
    jmp qword ptr [rip + .Limport_zx_system_get_page_size]
.size zx_system_get_page_size, . - zx_system_get_page_size
.Lname_zx_system_get_page_size:
    .asciz "zx_system_get_page_size"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_get_page_size
.balign 8
.Limport_zx_system_get_page_size:
    .quad 0
    .quad .Lname_zx_system_get_page_size - .Limport_zx_system_get_page_size
.popsection
.globl _zx_system_get_page_size
.hidden _zx_system_get_page_size
.set _zx_system_get_page_size, zx_system_get_page_size
.pushsection .text.zx_system_get_physmem, "ax", @progbits
.globl zx_system_get_physmem
.hidden zx_system_get_physmem
.type zx_system_get_physmem, @function
zx_system_get_physmem:
    jmp qword ptr [rip + .Limport_zx_system_get_physmem]
.size zx_system_get_physmem, . - zx_system_get_physmem
.Lname_zx_system_get_physmem:
    .asciz "zx_system_get_physmem"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_get_physmem
.balign 8
.Limport_zx_system_get_physmem:
    .quad 0
    .quad .Lname_zx_system_get_physmem - .Limport_zx_system_get_physmem
.popsection
.globl _zx_system_get_physmem
.hidden _zx_system_get_physmem
.set _zx_system_get_physmem, zx_system_get_physmem
.pushsection .text.zx_system_get_version_string, "ax", @progbits
.globl zx_system_get_version_string
.hidden zx_system_get_version_string
.type zx_system_get_version_string, @function
zx_system_get_version_string:
    jmp qword ptr [rip + .Limport_zx_system_get_version_string]
.size zx_system_get_version_string, . - zx_system_get_version_string
.Lname_zx_system_get_version_string:
    .asciz "zx_system_get_version_string"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_get_version_string
.balign 8
.Limport_zx_system_get_version_string:
    .quad 0
    .quad .Lname_zx_system_get_version_string - .Limport_zx_system_get_version_string
.popsection
.globl _zx_system_get_version_string
.hidden _zx_system_get_version_string
.set _zx_system_get_version_string, zx_system_get_version_string
.pushsection .text.zx_system_mexec, "ax", @progbits
.globl zx_system_mexec
.hidden zx_system_mexec
.type zx_system_mexec, @function
zx_system_mexec:
    jmp qword ptr [rip + .Limport_zx_system_mexec]
.size zx_system_mexec, . - zx_system_mexec
.Lname_zx_system_mexec:
    .asciz "zx_system_mexec"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_mexec
.balign 8
.Limport_zx_system_mexec:
    .quad 0
    .quad .Lname_zx_system_mexec - .Limport_zx_system_mexec
.popsection
.globl _zx_system_mexec
.hidden _zx_system_mexec
.set _zx_system_mexec, zx_system_mexec
.pushsection .text.zx_system_mexec_payload_get, "ax", @progbits
.globl zx_system_mexec_payload_get
.hidden zx_system_mexec_payload_get
.type zx_system_mexec_payload_get, @function
zx_system_mexec_payload_get:
    jmp qword ptr [rip + .Limport_zx_system_mexec_payload_get]
.size zx_system_mexec_payload_get, . - zx_system_mexec_payload_get
.Lname_zx_system_mexec_payload_get:
    .asciz "zx_system_mexec_payload_get"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_mexec_payload_get
.balign 8
.Limport_zx_system_mexec_payload_get:
    .quad 0
    .quad .Lname_zx_system_mexec_payload_get - .Limport_zx_system_mexec_payload_get
.popsection
.globl _zx_system_mexec_payload_get
.hidden _zx_system_mexec_payload_get
.set _zx_system_mexec_payload_get, zx_system_mexec_payload_get
.pushsection .text.zx_system_powerctl, "ax", @progbits
.globl zx_system_powerctl
.hidden zx_system_powerctl
.type zx_system_powerctl, @function
zx_system_powerctl:
    jmp qword ptr [rip + .Limport_zx_system_powerctl]
.size zx_system_powerctl, . - zx_system_powerctl
.Lname_zx_system_powerctl:
    .asciz "zx_system_powerctl"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_powerctl
.balign 8
.Limport_zx_system_powerctl:
    .quad 0
    .quad .Lname_zx_system_powerctl - .Limport_zx_system_powerctl
.popsection
.globl _zx_system_powerctl
.hidden _zx_system_powerctl
.set _zx_system_powerctl, zx_system_powerctl
.pushsection .text.zx_system_get_performance_info, "ax", @progbits
.globl zx_system_get_performance_info
.hidden zx_system_get_performance_info
.type zx_system_get_performance_info, @function
zx_system_get_performance_info:
    jmp qword ptr [rip + .Limport_zx_system_get_performance_info]
.size zx_system_get_performance_info, . - zx_system_get_performance_info
.Lname_zx_system_get_performance_info:
    .asciz "zx_system_get_performance_info"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_get_performance_info
.balign 8
.Limport_zx_system_get_performance_info:
    .quad 0
    .quad .Lname_zx_system_get_performance_info - .Limport_zx_system_get_performance_info
.popsection
.globl _zx_system_get_performance_info
.hidden _zx_system_get_performance_info
.set _zx_system_get_performance_info, zx_system_get_performance_info
.pushsection .text.zx_system_set_performance_info, "ax", @progbits
.globl zx_system_set_performance_info
.hidden zx_system_set_performance_info
.type zx_system_set_performance_info, @function
zx_system_set_performance_info:
    jmp qword ptr [rip + .Limport_zx_system_set_performance_info]
.size zx_system_set_performance_info, . - zx_system_set_performance_info
.Lname_zx_system_set_performance_info:
    .asciz "zx_system_set_performance_info"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_system_set_performance_info
.balign 8
.Limport_zx_system_set_performance_info:
    .quad 0
    .quad .Lname_zx_system_set_performance_info - .Limport_zx_system_set_performance_info
.popsection
.globl _zx_system_set_performance_info
.hidden _zx_system_set_performance_info
.set _zx_system_set_performance_info, zx_system_set_performance_info
.pushsection .text.zx_debuglog_create, "ax", @progbits
.globl zx_debuglog_create
.hidden zx_debuglog_create
.type zx_debuglog_create, @function
zx_debuglog_create:
    jmp qword ptr [rip + .Limport_zx_debuglog_create]
.size zx_debuglog_create, . - zx_debuglog_create
.Lname_zx_debuglog_create:
    .asciz "zx_debuglog_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_debuglog_create
.balign 8
.Limport_zx_debuglog_create:
    .quad 0
    .quad .Lname_zx_debuglog_create - .Limport_zx_debuglog_create
.popsection
.globl _zx_debuglog_create
.hidden _zx_debuglog_create
.set _zx_debuglog_create, zx_debuglog_create
.pushsection .text.zx_debuglog_write, "ax", @progbits
.globl zx_debuglog_write
.hidden zx_debuglog_write
.type zx_debuglog_write, @function
zx_debuglog_write:
    jmp qword ptr [rip + .Limport_zx_debuglog_write]
.size zx_debuglog_write, . - zx_debuglog_write
.Lname_zx_debuglog_write:
    .asciz "zx_debuglog_write"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_debuglog_write
.balign 8
.Limport_zx_debuglog_write:
    .quad 0
    .quad .Lname_zx_debuglog_write - .Limport_zx_debuglog_write
.popsection
.globl _zx_debuglog_write
.hidden _zx_debuglog_write
.set _zx_debuglog_write, zx_debuglog_write
.pushsection .text.zx_debuglog_read, "ax", @progbits
.globl zx_debuglog_read
.hidden zx_debuglog_read
.type zx_debuglog_read, @function
zx_debuglog_read:
    jmp qword ptr [rip + .Limport_zx_debuglog_read]
.size zx_debuglog_read, . - zx_debuglog_read
.Lname_zx_debuglog_read:
    .asciz "zx_debuglog_read"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_debuglog_read
.balign 8
.Limport_zx_debuglog_read:
    .quad 0
    .quad .Lname_zx_debuglog_read - .Limport_zx_debuglog_read
.popsection
.globl _zx_debuglog_read
.hidden _zx_debuglog_read
.set _zx_debuglog_read, zx_debuglog_read
.pushsection .text.zx_debug_read, "ax", @progbits
.globl zx_debug_read
.hidden zx_debug_read
.type zx_debug_read, @function
zx_debug_read:
    jmp qword ptr [rip + .Limport_zx_debug_read]
.size zx_debug_read, . - zx_debug_read
.Lname_zx_debug_read:
    .asciz "zx_debug_read"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_debug_read
.balign 8
.Limport_zx_debug_read:
    .quad 0
    .quad .Lname_zx_debug_read - .Limport_zx_debug_read
.popsection
.globl _zx_debug_read
.hidden _zx_debug_read
.set _zx_debug_read, zx_debug_read
.pushsection .text.zx_debug_write, "ax", @progbits
.globl zx_debug_write
.hidden zx_debug_write
.type zx_debug_write, @function
zx_debug_write:
    jmp qword ptr [rip + .Limport_zx_debug_write]
.size zx_debug_write, . - zx_debug_write
.Lname_zx_debug_write:
    .asciz "zx_debug_write"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_debug_write
.balign 8
.Limport_zx_debug_write:
    .quad 0
    .quad .Lname_zx_debug_write - .Limport_zx_debug_write
.popsection
.globl _zx_debug_write
.hidden _zx_debug_write
.set _zx_debug_write, zx_debug_write
.pushsection .text.zx_debug_send_command, "ax", @progbits
.globl zx_debug_send_command
.hidden zx_debug_send_command
.type zx_debug_send_command, @function
zx_debug_send_command:
    jmp qword ptr [rip + .Limport_zx_debug_send_command]
.size zx_debug_send_command, . - zx_debug_send_command
.Lname_zx_debug_send_command:
    .asciz "zx_debug_send_command"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_debug_send_command
.balign 8
.Limport_zx_debug_send_command:
    .quad 0
    .quad .Lname_zx_debug_send_command - .Limport_zx_debug_send_command
.popsection
.globl _zx_debug_send_command
.hidden _zx_debug_send_command
.set _zx_debug_send_command, zx_debug_send_command
.pushsection .text.zx_vmar_unmap_handle_close_thread_exit, "ax", @progbits
.globl zx_vmar_unmap_handle_close_thread_exit
.hidden zx_vmar_unmap_handle_close_thread_exit
.type zx_vmar_unmap_handle_close_thread_exit, @function
zx_vmar_unmap_handle_close_thread_exit:
    jmp qword ptr [rip + .Limport_zx_vmar_unmap_handle_close_thread_exit]
.size zx_vmar_unmap_handle_close_thread_exit, . - zx_vmar_unmap_handle_close_thread_exit
.Lname_zx_vmar_unmap_handle_close_thread_exit:
    .asciz "zx_vmar_unmap_handle_close_thread_exit"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_vmar_unmap_handle_close_thread_exit
.balign 8
.Limport_zx_vmar_unmap_handle_close_thread_exit:
    .quad 0
    .quad .Lname_zx_vmar_unmap_handle_close_thread_exit - .Limport_zx_vmar_unmap_handle_close_thread_exit
.popsection
.globl _zx_vmar_unmap_handle_close_thread_exit
.hidden _zx_vmar_unmap_handle_close_thread_exit
.set _zx_vmar_unmap_handle_close_thread_exit, zx_vmar_unmap_handle_close_thread_exit
.pushsection .text.zx_futex_wake_handle_close_thread_exit, "ax", @progbits
.globl zx_futex_wake_handle_close_thread_exit
.hidden zx_futex_wake_handle_close_thread_exit
.type zx_futex_wake_handle_close_thread_exit, @function
zx_futex_wake_handle_close_thread_exit:
    jmp qword ptr [rip + .Limport_zx_futex_wake_handle_close_thread_exit]
.size zx_futex_wake_handle_close_thread_exit, . - zx_futex_wake_handle_close_thread_exit
.Lname_zx_futex_wake_handle_close_thread_exit:
    .asciz "zx_futex_wake_handle_close_thread_exit"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_futex_wake_handle_close_thread_exit
.balign 8
.Limport_zx_futex_wake_handle_close_thread_exit:
    .quad 0
    .quad .Lname_zx_futex_wake_handle_close_thread_exit - .Limport_zx_futex_wake_handle_close_thread_exit
.popsection
.globl _zx_futex_wake_handle_close_thread_exit
.hidden _zx_futex_wake_handle_close_thread_exit
.set _zx_futex_wake_handle_close_thread_exit, zx_futex_wake_handle_close_thread_exit
.pushsection .text.zx_bti_create, "ax", @progbits
.globl zx_bti_create
.hidden zx_bti_create
.type zx_bti_create, @function
zx_bti_create:
    jmp qword ptr [rip + .Limport_zx_bti_create]
.size zx_bti_create, . - zx_bti_create
.Lname_zx_bti_create:
    .asciz "zx_bti_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_bti_create
.balign 8
.Limport_zx_bti_create:
    .quad 0
    .quad .Lname_zx_bti_create - .Limport_zx_bti_create
.popsection
.globl _zx_bti_create
.hidden _zx_bti_create
.set _zx_bti_create, zx_bti_create
.pushsection .text.zx_bti_pin, "ax", @progbits
.globl zx_bti_pin
.hidden zx_bti_pin
.type zx_bti_pin, @function
zx_bti_pin:
    jmp qword ptr [rip + .Limport_zx_bti_pin]
.size zx_bti_pin, . - zx_bti_pin
.Lname_zx_bti_pin:
    .asciz "zx_bti_pin"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_bti_pin
.balign 8
.Limport_zx_bti_pin:
    .quad 0
    .quad .Lname_zx_bti_pin - .Limport_zx_bti_pin
.popsection
.globl _zx_bti_pin
.hidden _zx_bti_pin
.set _zx_bti_pin, zx_bti_pin
.pushsection .text.zx_bti_release_quarantine, "ax", @progbits
.globl zx_bti_release_quarantine
.hidden zx_bti_release_quarantine
.type zx_bti_release_quarantine, @function
zx_bti_release_quarantine:
    jmp qword ptr [rip + .Limport_zx_bti_release_quarantine]
.size zx_bti_release_quarantine, . - zx_bti_release_quarantine
.Lname_zx_bti_release_quarantine:
    .asciz "zx_bti_release_quarantine"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_bti_release_quarantine
.balign 8
.Limport_zx_bti_release_quarantine:
    .quad 0
    .quad .Lname_zx_bti_release_quarantine - .Limport_zx_bti_release_quarantine
.popsection
.globl _zx_bti_release_quarantine
.hidden _zx_bti_release_quarantine
.set _zx_bti_release_quarantine, zx_bti_release_quarantine
.pushsection .text.zx_cache_flush, "ax", @progbits
.globl zx_cache_flush
.hidden zx_cache_flush
.type zx_cache_flush, @function
zx_cache_flush:
    jmp qword ptr [rip + .Limport_zx_cache_flush]
.size zx_cache_flush, . - zx_cache_flush
.Lname_zx_cache_flush:
    .asciz "zx_cache_flush"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_cache_flush
.balign 8
.Limport_zx_cache_flush:
    .quad 0
    .quad .Lname_zx_cache_flush - .Limport_zx_cache_flush
.popsection
.globl _zx_cache_flush
.hidden _zx_cache_flush
.set _zx_cache_flush, zx_cache_flush
.pushsection .text.zx_iommu_create, "ax", @progbits
.globl zx_iommu_create
.hidden zx_iommu_create
.type zx_iommu_create, @function
zx_iommu_create:
    jmp qword ptr [rip + .Limport_zx_iommu_create]
.size zx_iommu_create, . - zx_iommu_create
.Lname_zx_iommu_create:
    .asciz "zx_iommu_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_iommu_create
.balign 8
.Limport_zx_iommu_create:
    .quad 0
    .quad .Lname_zx_iommu_create - .Limport_zx_iommu_create
.popsection
.globl _zx_iommu_create
.hidden _zx_iommu_create
.set _zx_iommu_create, zx_iommu_create
.pushsection .text.zx_pmt_unpin, "ax", @progbits
.globl zx_pmt_unpin
.hidden zx_pmt_unpin
.type zx_pmt_unpin, @function
zx_pmt_unpin:
    jmp qword ptr [rip + .Limport_zx_pmt_unpin]
.size zx_pmt_unpin, . - zx_pmt_unpin
.Lname_zx_pmt_unpin:
    .asciz "zx_pmt_unpin"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pmt_unpin
.balign 8
.Limport_zx_pmt_unpin:
    .quad 0
    .quad .Lname_zx_pmt_unpin - .Limport_zx_pmt_unpin
.popsection
.globl _zx_pmt_unpin
.hidden _zx_pmt_unpin
.set _zx_pmt_unpin, zx_pmt_unpin
.pushsection .text.zx_interrupt_ack, "ax", @progbits
.globl zx_interrupt_ack
.hidden zx_interrupt_ack
.type zx_interrupt_ack, @function
zx_interrupt_ack:
    jmp qword ptr [rip + .Limport_zx_interrupt_ack]
.size zx_interrupt_ack, . - zx_interrupt_ack
.Lname_zx_interrupt_ack:
    .asciz "zx_interrupt_ack"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_interrupt_ack
.balign 8
.Limport_zx_interrupt_ack:
    .quad 0
    .quad .Lname_zx_interrupt_ack - .Limport_zx_interrupt_ack
.popsection
.globl _zx_interrupt_ack
.hidden _zx_interrupt_ack
.set _zx_interrupt_ack, zx_interrupt_ack
.pushsection .text.zx_interrupt_bind, "ax", @progbits
.globl zx_interrupt_bind
.hidden zx_interrupt_bind
.type zx_interrupt_bind, @function
zx_interrupt_bind:
    jmp qword ptr [rip + .Limport_zx_interrupt_bind]
.size zx_interrupt_bind, . - zx_interrupt_bind
.Lname_zx_interrupt_bind:
    .asciz "zx_interrupt_bind"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_interrupt_bind
.balign 8
.Limport_zx_interrupt_bind:
    .quad 0
    .quad .Lname_zx_interrupt_bind - .Limport_zx_interrupt_bind
.popsection
.globl _zx_interrupt_bind
.hidden _zx_interrupt_bind
.set _zx_interrupt_bind, zx_interrupt_bind
.pushsection .text.zx_interrupt_create, "ax", @progbits
.globl zx_interrupt_create
.hidden zx_interrupt_create
.type zx_interrupt_create, @function
zx_interrupt_create:
    jmp qword ptr [rip + .Limport_zx_interrupt_create]
.size zx_interrupt_create, . - zx_interrupt_create
.Lname_zx_interrupt_create:
    .asciz "zx_interrupt_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_interrupt_create
.balign 8
.Limport_zx_interrupt_create:
    .quad 0
    .quad .Lname_zx_interrupt_create - .Limport_zx_interrupt_create
.popsection
.globl _zx_interrupt_create
.hidden _zx_interrupt_create
.set _zx_interrupt_create, zx_interrupt_create
.pushsection .text.zx_interrupt_destroy, "ax", @progbits
.globl zx_interrupt_destroy
.hidden zx_interrupt_destroy
.type zx_interrupt_destroy, @function
zx_interrupt_destroy:
    jmp qword ptr [rip + .Limport_zx_interrupt_destroy]
.size zx_interrupt_destroy, . - zx_interrupt_destroy
.Lname_zx_interrupt_destroy:
    .asciz "zx_interrupt_destroy"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_interrupt_destroy
.balign 8
.Limport_zx_interrupt_destroy:
    .quad 0
    .quad .Lname_zx_interrupt_destroy - .Limport_zx_interrupt_destroy
.popsection
.globl _zx_interrupt_destroy
.hidden _zx_interrupt_destroy
.set _zx_interrupt_destroy, zx_interrupt_destroy
.pushsection .text.zx_interrupt_trigger, "ax", @progbits
.globl zx_interrupt_trigger
.hidden zx_interrupt_trigger
.type zx_interrupt_trigger, @function
zx_interrupt_trigger:
    jmp qword ptr [rip + .Limport_zx_interrupt_trigger]
.size zx_interrupt_trigger, . - zx_interrupt_trigger
.Lname_zx_interrupt_trigger:
    .asciz "zx_interrupt_trigger"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_interrupt_trigger
.balign 8
.Limport_zx_interrupt_trigger:
    .quad 0
    .quad .Lname_zx_interrupt_trigger - .Limport_zx_interrupt_trigger
.popsection
.globl _zx_interrupt_trigger
.hidden _zx_interrupt_trigger
.set _zx_interrupt_trigger, zx_interrupt_trigger
.pushsection .text.zx_interrupt_wait, "ax", @progbits
.globl zx_interrupt_wait
.hidden zx_interrupt_wait
.type zx_interrupt_wait, @function
zx_interrupt_wait:
    jmp qword ptr [rip + .Limport_zx_interrupt_wait]
.size zx_interrupt_wait, . - zx_interrupt_wait
.Lname_zx_interrupt_wait:
    .asciz "zx_interrupt_wait"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_interrupt_wait
.balign 8
.Limport_zx_interrupt_wait:
    .quad 0
    .quad .Lname_zx_interrupt_wait - .Limport_zx_interrupt_wait
.popsection
.globl _zx_interrupt_wait
.hidden _zx_interrupt_wait
.set _zx_interrupt_wait, zx_interrupt_wait
.pushsection .text.zx_msi_allocate, "ax", @progbits
.globl zx_msi_allocate
.hidden zx_msi_allocate
.type zx_msi_allocate, @function
zx_msi_allocate:
    jmp qword ptr [rip + .Limport_zx_msi_allocate]
.size zx_msi_allocate, . - zx_msi_allocate
.Lname_zx_msi_allocate:
    .asciz "zx_msi_allocate"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_msi_allocate
.balign 8
.Limport_zx_msi_allocate:
    .quad 0
    .quad .Lname_zx_msi_allocate - .Limport_zx_msi_allocate
.popsection
.globl _zx_msi_allocate
.hidden _zx_msi_allocate
.set _zx_msi_allocate, zx_msi_allocate
.pushsection .text.zx_msi_create, "ax", @progbits
.globl zx_msi_create
.hidden zx_msi_create
.type zx_msi_create, @function
zx_msi_create:
    jmp qword ptr [rip + .Limport_zx_msi_create]
.size zx_msi_create, . - zx_msi_create
.Lname_zx_msi_create:
    .asciz "zx_msi_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_msi_create
.balign 8
.Limport_zx_msi_create:
    .quad 0
    .quad .Lname_zx_msi_create - .Limport_zx_msi_create
.popsection
.globl _zx_msi_create
.hidden _zx_msi_create
.set _zx_msi_create, zx_msi_create
.pushsection .text.zx_resource_create, "ax", @progbits
.globl zx_resource_create
.hidden zx_resource_create
.type zx_resource_create, @function
zx_resource_create:
    jmp qword ptr [rip + .Limport_zx_resource_create]
.size zx_resource_create, . - zx_resource_create
.Lname_zx_resource_create:
    .asciz "zx_resource_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_resource_create
.balign 8
.Limport_zx_resource_create:
    .quad 0
    .quad .Lname_zx_resource_create - .Limport_zx_resource_create
.popsection
.globl _zx_resource_create
.hidden _zx_resource_create
.set _zx_resource_create, zx_resource_create
.pushsection .text.zx_ioports_request, "ax", @progbits
.globl zx_ioports_request
.hidden zx_ioports_request
.type zx_ioports_request, @function
zx_ioports_request:
    jmp qword ptr [rip + .Limport_zx_ioports_request]
.size zx_ioports_request, . - zx_ioports_request
.Lname_zx_ioports_request:
    .asciz "zx_ioports_request"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_ioports_request
.balign 8
.Limport_zx_ioports_request:
    .quad 0
    .quad .Lname_zx_ioports_request - .Limport_zx_ioports_request
.popsection
.globl _zx_ioports_request
.hidden _zx_ioports_request
.set _zx_ioports_request, zx_ioports_request
.pushsection .text.zx_ioports_release, "ax", @progbits
.globl zx_ioports_release
.hidden zx_ioports_release
.type zx_ioports_release, @function
zx_ioports_release:
    jmp qword ptr [rip + .Limport_zx_ioports_release]
.size zx_ioports_release, . - zx_ioports_release
.Lname_zx_ioports_release:
    .asciz "zx_ioports_release"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_ioports_release
.balign 8
.Limport_zx_ioports_release:
    .quad 0
    .quad .Lname_zx_ioports_release - .Limport_zx_ioports_release
.popsection
.globl _zx_ioports_release
.hidden _zx_ioports_release
.set _zx_ioports_release, zx_ioports_release
.pushsection .text.zx_smc_call, "ax", @progbits
.globl zx_smc_call
.hidden zx_smc_call
.type zx_smc_call, @function
zx_smc_call:
    jmp qword ptr [rip + .Limport_zx_smc_call]
.size zx_smc_call, . - zx_smc_call
.Lname_zx_smc_call:
    .asciz "zx_smc_call"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_smc_call
.balign 8
.Limport_zx_smc_call:
    .quad 0
    .quad .Lname_zx_smc_call - .Limport_zx_smc_call
.popsection
.globl _zx_smc_call
.hidden _zx_smc_call
.set _zx_smc_call, zx_smc_call
.pushsection .text.zx_framebuffer_get_info, "ax", @progbits
.globl zx_framebuffer_get_info
.hidden zx_framebuffer_get_info
.type zx_framebuffer_get_info, @function
zx_framebuffer_get_info:
    jmp qword ptr [rip + .Limport_zx_framebuffer_get_info]
.size zx_framebuffer_get_info, . - zx_framebuffer_get_info
.Lname_zx_framebuffer_get_info:
    .asciz "zx_framebuffer_get_info"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_framebuffer_get_info
.balign 8
.Limport_zx_framebuffer_get_info:
    .quad 0
    .quad .Lname_zx_framebuffer_get_info - .Limport_zx_framebuffer_get_info
.popsection
.globl _zx_framebuffer_get_info
.hidden _zx_framebuffer_get_info
.set _zx_framebuffer_get_info, zx_framebuffer_get_info
.pushsection .text.zx_framebuffer_set_range, "ax", @progbits
.globl zx_framebuffer_set_range
.hidden zx_framebuffer_set_range
.type zx_framebuffer_set_range, @function
zx_framebuffer_set_range:
    jmp qword ptr [rip + .Limport_zx_framebuffer_set_range]
.size zx_framebuffer_set_range, . - zx_framebuffer_set_range
.Lname_zx_framebuffer_set_range:
    .asciz "zx_framebuffer_set_range"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_framebuffer_set_range
.balign 8
.Limport_zx_framebuffer_set_range:
    .quad 0
    .quad .Lname_zx_framebuffer_set_range - .Limport_zx_framebuffer_set_range
.popsection
.globl _zx_framebuffer_set_range
.hidden _zx_framebuffer_set_range
.set _zx_framebuffer_set_range, zx_framebuffer_set_range
.pushsection .text.zx_ktrace_control, "ax", @progbits
.globl zx_ktrace_control
.hidden zx_ktrace_control
.type zx_ktrace_control, @function
zx_ktrace_control:
    jmp qword ptr [rip + .Limport_zx_ktrace_control]
.size zx_ktrace_control, . - zx_ktrace_control
.Lname_zx_ktrace_control:
    .asciz "zx_ktrace_control"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_ktrace_control
.balign 8
.Limport_zx_ktrace_control:
    .quad 0
    .quad .Lname_zx_ktrace_control - .Limport_zx_ktrace_control
.popsection
.globl _zx_ktrace_control
.hidden _zx_ktrace_control
.set _zx_ktrace_control, zx_ktrace_control
.pushsection .text.zx_ktrace_read, "ax", @progbits
.globl zx_ktrace_read
.hidden zx_ktrace_read
.type zx_ktrace_read, @function
zx_ktrace_read:
    jmp qword ptr [rip + .Limport_zx_ktrace_read]
.size zx_ktrace_read, . - zx_ktrace_read
.Lname_zx_ktrace_read:
    .asciz "zx_ktrace_read"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_ktrace_read
.balign 8
.Limport_zx_ktrace_read:
    .quad 0
    .quad .Lname_zx_ktrace_read - .Limport_zx_ktrace_read
.popsection
.globl _zx_ktrace_read
.hidden _zx_ktrace_read
.set _zx_ktrace_read, zx_ktrace_read
.pushsection .text.zx_ktrace_write, "ax", @progbits
.globl zx_ktrace_write
.hidden zx_ktrace_write
.type zx_ktrace_write, @function
zx_ktrace_write:
    jmp qword ptr [rip + .Limport_zx_ktrace_write]
.size zx_ktrace_write, . - zx_ktrace_write
.Lname_zx_ktrace_write:
    .asciz "zx_ktrace_write"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_ktrace_write
.balign 8
.Limport_zx_ktrace_write:
    .quad 0
    .quad .Lname_zx_ktrace_write - .Limport_zx_ktrace_write
.popsection
.globl _zx_ktrace_write
.hidden _zx_ktrace_write
.set _zx_ktrace_write, zx_ktrace_write
.pushsection .text.zx_mtrace_control, "ax", @progbits
.globl zx_mtrace_control
.hidden zx_mtrace_control
.type zx_mtrace_control, @function
zx_mtrace_control:
    jmp qword ptr [rip + .Limport_zx_mtrace_control]
.size zx_mtrace_control, . - zx_mtrace_control
.Lname_zx_mtrace_control:
    .asciz "zx_mtrace_control"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_mtrace_control
.balign 8
.Limport_zx_mtrace_control:
    .quad 0
    .quad .Lname_zx_mtrace_control - .Limport_zx_mtrace_control
.popsection
.globl _zx_mtrace_control
.hidden _zx_mtrace_control
.set _zx_mtrace_control, zx_mtrace_control
.pushsection .text.zx_pc_firmware_tables, "ax", @progbits
.globl zx_pc_firmware_tables
.hidden zx_pc_firmware_tables
.type zx_pc_firmware_tables, @function
zx_pc_firmware_tables:
    jmp qword ptr [rip + .Limport_zx_pc_firmware_tables]
.size zx_pc_firmware_tables, . - zx_pc_firmware_tables
.Lname_zx_pc_firmware_tables:
    .asciz "zx_pc_firmware_tables"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pc_firmware_tables
.balign 8
.Limport_zx_pc_firmware_tables:
    .quad 0
    .quad .Lname_zx_pc_firmware_tables - .Limport_zx_pc_firmware_tables
.popsection
.globl _zx_pc_firmware_tables
.hidden _zx_pc_firmware_tables
.set _zx_pc_firmware_tables, zx_pc_firmware_tables
.pushsection .text.zx_pci_add_subtract_io_range, "ax", @progbits
.globl zx_pci_add_subtract_io_range
.hidden zx_pci_add_subtract_io_range
.type zx_pci_add_subtract_io_range, @function
zx_pci_add_subtract_io_range:
    jmp qword ptr [rip + .Limport_zx_pci_add_subtract_io_range]
.size zx_pci_add_subtract_io_range, . - zx_pci_add_subtract_io_range
.Lname_zx_pci_add_subtract_io_range:
    .asciz "zx_pci_add_subtract_io_range"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_add_subtract_io_range
.balign 8
.Limport_zx_pci_add_subtract_io_range:
    .quad 0
    .quad .Lname_zx_pci_add_subtract_io_range - .Limport_zx_pci_add_subtract_io_range
.popsection
.globl _zx_pci_add_subtract_io_range
.hidden _zx_pci_add_subtract_io_range
.set _zx_pci_add_subtract_io_range, zx_pci_add_subtract_io_range
.pushsection .text.zx_pci_cfg_pio_rw, "ax", @progbits
.globl zx_pci_cfg_pio_rw
.hidden zx_pci_cfg_pio_rw
.type zx_pci_cfg_pio_rw, @function
zx_pci_cfg_pio_rw:
    jmp qword ptr [rip + .Limport_zx_pci_cfg_pio_rw]
.size zx_pci_cfg_pio_rw, . - zx_pci_cfg_pio_rw
.Lname_zx_pci_cfg_pio_rw:
    .asciz "zx_pci_cfg_pio_rw"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_cfg_pio_rw
.balign 8
.Limport_zx_pci_cfg_pio_rw:
    .quad 0
    .quad .Lname_zx_pci_cfg_pio_rw - .Limport_zx_pci_cfg_pio_rw
.popsection
.globl _zx_pci_cfg_pio_rw
.hidden _zx_pci_cfg_pio_rw
.set _zx_pci_cfg_pio_rw, zx_pci_cfg_pio_rw
.pushsection .text.zx_pci_config_read, "ax", @progbits
.globl zx_pci_config_read
.hidden zx_pci_config_read
.type zx_pci_config_read, @function
zx_pci_config_read:
    jmp qword ptr [rip + .Limport_zx_pci_config_read]
.size zx_pci_config_read, . - zx_pci_config_read
.Lname_zx_pci_config_read:
    .asciz "zx_pci_config_read"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_config_read
.balign 8
.Limport_zx_pci_config_read:
    .quad 0
    .quad .Lname_zx_pci_config_read - .Limport_zx_pci_config_read
.popsection
.globl _zx_pci_config_read
.hidden _zx_pci_config_read
.set _zx_pci_config_read, zx_pci_config_read
.pushsection .text.zx_pci_config_write, "ax", @progbits
.globl zx_pci_config_write
.hidden zx_pci_config_write
.type zx_pci_config_write, @function
zx_pci_config_write:
    jmp qword ptr [rip + .Limport_zx_pci_config_write]
.size zx_pci_config_write, . - zx_pci_config_write
.Lname_zx_pci_config_write:
    .asciz "zx_pci_config_write"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_config_write
.balign 8
.Limport_zx_pci_config_write:
    .quad 0
    .quad .Lname_zx_pci_config_write - .Limport_zx_pci_config_write
.popsection
.globl _zx_pci_config_write
.hidden _zx_pci_config_write
.set _zx_pci_config_write, zx_pci_config_write
.pushsection .text.zx_pci_enable_bus_master, "ax", @progbits
.globl zx_pci_enable_bus_master
.hidden zx_pci_enable_bus_master
.type zx_pci_enable_bus_master, @function
zx_pci_enable_bus_master:
    jmp qword ptr [rip + .Limport_zx_pci_enable_bus_master]
.size zx_pci_enable_bus_master, . - zx_pci_enable_bus_master
.Lname_zx_pci_enable_bus_master:
    .asciz "zx_pci_enable_bus_master"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_enable_bus_master
.balign 8
.Limport_zx_pci_enable_bus_master:
    .quad 0
    .quad .Lname_zx_pci_enable_bus_master - .Limport_zx_pci_enable_bus_master
.popsection
.globl _zx_pci_enable_bus_master
.hidden _zx_pci_enable_bus_master
.set _zx_pci_enable_bus_master, zx_pci_enable_bus_master
.pushsection .text.zx_pci_get_bar, "ax", @progbits
.globl zx_pci_get_bar
.hidden zx_pci_get_bar
.type zx_pci_get_bar, @function
zx_pci_get_bar:
    jmp qword ptr [rip + .Limport_zx_pci_get_bar]
.size zx_pci_get_bar, . - zx_pci_get_bar
.Lname_zx_pci_get_bar:
    .asciz "zx_pci_get_bar"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_get_bar
.balign 8
.Limport_zx_pci_get_bar:
    .quad 0
    .quad .Lname_zx_pci_get_bar - .Limport_zx_pci_get_bar
.popsection
.globl _zx_pci_get_bar
.hidden _zx_pci_get_bar
.set _zx_pci_get_bar, zx_pci_get_bar
.pushsection .text.zx_pci_get_nth_device, "ax", @progbits
.globl zx_pci_get_nth_device
.hidden zx_pci_get_nth_device
.type zx_pci_get_nth_device, @function
zx_pci_get_nth_device:
    jmp qword ptr [rip + .Limport_zx_pci_get_nth_device]
.size zx_pci_get_nth_device, . - zx_pci_get_nth_device
.Lname_zx_pci_get_nth_device:
    .asciz "zx_pci_get_nth_device"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_get_nth_device
.balign 8
.Limport_zx_pci_get_nth_device:
    .quad 0
    .quad .Lname_zx_pci_get_nth_device - .Limport_zx_pci_get_nth_device
.popsection
.globl _zx_pci_get_nth_device
.hidden _zx_pci_get_nth_device
.set _zx_pci_get_nth_device, zx_pci_get_nth_device
.pushsection .text.zx_pci_init, "ax", @progbits
.globl zx_pci_init
.hidden zx_pci_init
.type zx_pci_init, @function
zx_pci_init:
    jmp qword ptr [rip + .Limport_zx_pci_init]
.size zx_pci_init, . - zx_pci_init
.Lname_zx_pci_init:
    .asciz "zx_pci_init"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_init
.balign 8
.Limport_zx_pci_init:
    .quad 0
    .quad .Lname_zx_pci_init - .Limport_zx_pci_init
.popsection
.globl _zx_pci_init
.hidden _zx_pci_init
.set _zx_pci_init, zx_pci_init
.pushsection .text.zx_pci_map_interrupt, "ax", @progbits
.globl zx_pci_map_interrupt
.hidden zx_pci_map_interrupt
.type zx_pci_map_interrupt, @function
zx_pci_map_interrupt:
    jmp qword ptr [rip + .Limport_zx_pci_map_interrupt]
.size zx_pci_map_interrupt, . - zx_pci_map_interrupt
.Lname_zx_pci_map_interrupt:
    .asciz "zx_pci_map_interrupt"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_map_interrupt
.balign 8
.Limport_zx_pci_map_interrupt:
    .quad 0
    .quad .Lname_zx_pci_map_interrupt - .Limport_zx_pci_map_interrupt
.popsection
.globl _zx_pci_map_interrupt
.hidden _zx_pci_map_interrupt
.set _zx_pci_map_interrupt, zx_pci_map_interrupt
.pushsection .text.zx_pci_query_irq_mode, "ax", @progbits
.globl zx_pci_query_irq_mode
.hidden zx_pci_query_irq_mode
.type zx_pci_query_irq_mode, @function
zx_pci_query_irq_mode:
    jmp qword ptr [rip + .Limport_zx_pci_query_irq_mode]
.size zx_pci_query_irq_mode, . - zx_pci_query_irq_mode
.Lname_zx_pci_query_irq_mode:
    .asciz "zx_pci_query_irq_mode"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_query_irq_mode
.balign 8
.Limport_zx_pci_query_irq_mode:
    .quad 0
    .quad .Lname_zx_pci_query_irq_mode - .Limport_zx_pci_query_irq_mode
.popsection
.globl _zx_pci_query_irq_mode
.hidden _zx_pci_query_irq_mode
.set _zx_pci_query_irq_mode, zx_pci_query_irq_mode
.pushsection .text.zx_pci_reset_device, "ax", @progbits
.globl zx_pci_reset_device
.hidden zx_pci_reset_device
.type zx_pci_reset_device, @function
zx_pci_reset_device:
    jmp qword ptr [rip + .Limport_zx_pci_reset_device]
.size zx_pci_reset_device, . - zx_pci_reset_device
.Lname_zx_pci_reset_device:
    .asciz "zx_pci_reset_device"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_reset_device
.balign 8
.Limport_zx_pci_reset_device:
    .quad 0
    .quad .Lname_zx_pci_reset_device - .Limport_zx_pci_reset_device
.popsection
.globl _zx_pci_reset_device
.hidden _zx_pci_reset_device
.set _zx_pci_reset_device, zx_pci_reset_device
.pushsection .text.zx_pci_set_irq_mode, "ax", @progbits
.globl zx_pci_set_irq_mode
.hidden zx_pci_set_irq_mode
.type zx_pci_set_irq_mode, @function
zx_pci_set_irq_mode:
    jmp qword ptr [rip + .Limport_zx_pci_set_irq_mode]
.size zx_pci_set_irq_mode, . - zx_pci_set_irq_mode
.Lname_zx_pci_set_irq_mode:
    .asciz "zx_pci_set_irq_mode"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_pci_set_irq_mode
.balign 8
.Limport_zx_pci_set_irq_mode:
    .quad 0
    .quad .Lname_zx_pci_set_irq_mode - .Limport_zx_pci_set_irq_mode
.popsection
.globl _zx_pci_set_irq_mode
.hidden _zx_pci_set_irq_mode
.set _zx_pci_set_irq_mode, zx_pci_set_irq_mode
.pushsection .text.zx_syscall_test_0, "ax", @progbits
.globl zx_syscall_test_0
.hidden zx_syscall_test_0
.type zx_syscall_test_0, @function
zx_syscall_test_0:
    jmp qword ptr [rip + .Limport_zx_syscall_test_0]
.size zx_syscall_test_0, . - zx_syscall_test_0
.Lname_zx_syscall_test_0:
    .asciz "zx_syscall_test_0"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_0
.balign 8
.Limport_zx_syscall_test_0:
    .quad 0
    .quad .Lname_zx_syscall_test_0 - .Limport_zx_syscall_test_0
.popsection
.globl _zx_syscall_test_0
.hidden _zx_syscall_test_0
.set _zx_syscall_test_0, zx_syscall_test_0
.pushsection .text.zx_syscall_test_1, "ax", @progbits
.globl zx_syscall_test_1
.hidden zx_syscall_test_1
.type zx_syscall_test_1, @function
zx_syscall_test_1:
    jmp qword ptr [rip + .Limport_zx_syscall_test_1]
.size zx_syscall_test_1, . - zx_syscall_test_1
.Lname_zx_syscall_test_1:
    .asciz "zx_syscall_test_1"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_1
.balign 8
.Limport_zx_syscall_test_1:
    .quad 0
    .quad .Lname_zx_syscall_test_1 - .Limport_zx_syscall_test_1
.popsection
.globl _zx_syscall_test_1
.hidden _zx_syscall_test_1
.set _zx_syscall_test_1, zx_syscall_test_1
.pushsection .text.zx_syscall_test_2, "ax", @progbits
.globl zx_syscall_test_2
.hidden zx_syscall_test_2
.type zx_syscall_test_2, @function
zx_syscall_test_2:
    jmp qword ptr [rip + .Limport_zx_syscall_test_2]
.size zx_syscall_test_2, . - zx_syscall_test_2
.Lname_zx_syscall_test_2:
    .asciz "zx_syscall_test_2"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_2
.balign 8
.Limport_zx_syscall_test_2:
    .quad 0
    .quad .Lname_zx_syscall_test_2 - .Limport_zx_syscall_test_2
.popsection
.globl _zx_syscall_test_2
.hidden _zx_syscall_test_2
.set _zx_syscall_test_2, zx_syscall_test_2
.pushsection .text.zx_syscall_test_3, "ax", @progbits
.globl zx_syscall_test_3
.hidden zx_syscall_test_3
.type zx_syscall_test_3, @function
zx_syscall_test_3:
    jmp qword ptr [rip + .Limport_zx_syscall_test_3]
.size zx_syscall_test_3, . - zx_syscall_test_3
.Lname_zx_syscall_test_3:
    .asciz "zx_syscall_test_3"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_3
.balign 8
.Limport_zx_syscall_test_3:
    .quad 0
    .quad .Lname_zx_syscall_test_3 - .Limport_zx_syscall_test_3
.popsection
.globl _zx_syscall_test_3
.hidden _zx_syscall_test_3
.set _zx_syscall_test_3, zx_syscall_test_3
.pushsection .text.zx_syscall_test_4, "ax", @progbits
.globl zx_syscall_test_4
.hidden zx_syscall_test_4
.type zx_syscall_test_4, @function
zx_syscall_test_4:
    jmp qword ptr [rip + .Limport_zx_syscall_test_4]
.size zx_syscall_test_4, . - zx_syscall_test_4
.Lname_zx_syscall_test_4:
    .asciz "zx_syscall_test_4"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_4
.balign 8
.Limport_zx_syscall_test_4:
    .quad 0
    .quad .Lname_zx_syscall_test_4 - .Limport_zx_syscall_test_4
.popsection
.globl _zx_syscall_test_4
.hidden _zx_syscall_test_4
.set _zx_syscall_test_4, zx_syscall_test_4
.pushsection .text.zx_syscall_test_5, "ax", @progbits
.globl zx_syscall_test_5
.hidden zx_syscall_test_5
.type zx_syscall_test_5, @function
zx_syscall_test_5:
    jmp qword ptr [rip + .Limport_zx_syscall_test_5]
.size zx_syscall_test_5, . - zx_syscall_test_5
.Lname_zx_syscall_test_5:
    .asciz "zx_syscall_test_5"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_5
.balign 8
.Limport_zx_syscall_test_5:
    .quad 0
    .quad .Lname_zx_syscall_test_5 - .Limport_zx_syscall_test_5
.popsection
.globl _zx_syscall_test_5
.hidden _zx_syscall_test_5
.set _zx_syscall_test_5, zx_syscall_test_5
.pushsection .text.zx_syscall_test_6, "ax", @progbits
.globl zx_syscall_test_6
.hidden zx_syscall_test_6
.type zx_syscall_test_6, @function
zx_syscall_test_6:
    jmp qword ptr [rip + .Limport_zx_syscall_test_6]
.size zx_syscall_test_6, . - zx_syscall_test_6
.Lname_zx_syscall_test_6:
    .asciz "zx_syscall_test_6"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_6
.balign 8
.Limport_zx_syscall_test_6:
    .quad 0
    .quad .Lname_zx_syscall_test_6 - .Limport_zx_syscall_test_6
.popsection
.globl _zx_syscall_test_6
.hidden _zx_syscall_test_6
.set _zx_syscall_test_6, zx_syscall_test_6
.pushsection .text.zx_syscall_test_7, "ax", @progbits
.globl zx_syscall_test_7
.hidden zx_syscall_test_7
.type zx_syscall_test_7, @function
zx_syscall_test_7:
    jmp qword ptr [rip + .Limport_zx_syscall_test_7]
.size zx_syscall_test_7, . - zx_syscall_test_7
.Lname_zx_syscall_test_7:
    .asciz "zx_syscall_test_7"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_7
.balign 8
.Limport_zx_syscall_test_7:
    .quad 0
    .quad .Lname_zx_syscall_test_7 - .Limport_zx_syscall_test_7
.popsection
.globl _zx_syscall_test_7
.hidden _zx_syscall_test_7
.set _zx_syscall_test_7, zx_syscall_test_7
.pushsection .text.zx_syscall_test_8, "ax", @progbits
.globl zx_syscall_test_8
.hidden zx_syscall_test_8
.type zx_syscall_test_8, @function
zx_syscall_test_8:
    jmp qword ptr [rip + .Limport_zx_syscall_test_8]
.size zx_syscall_test_8, . - zx_syscall_test_8
.Lname_zx_syscall_test_8:
    .asciz "zx_syscall_test_8"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_8
.balign 8
.Limport_zx_syscall_test_8:
    .quad 0
    .quad .Lname_zx_syscall_test_8 - .Limport_zx_syscall_test_8
.popsection
.globl _zx_syscall_test_8
.hidden _zx_syscall_test_8
.set _zx_syscall_test_8, zx_syscall_test_8
.pushsection .text.zx_syscall_test_wrapper, "ax", @progbits
.globl zx_syscall_test_wrapper
.hidden zx_syscall_test_wrapper
.type zx_syscall_test_wrapper, @function
zx_syscall_test_wrapper:
    jmp qword ptr [rip + .Limport_zx_syscall_test_wrapper]
.size zx_syscall_test_wrapper, . - zx_syscall_test_wrapper
.Lname_zx_syscall_test_wrapper:
    .asciz "zx_syscall_test_wrapper"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_wrapper
.balign 8
.Limport_zx_syscall_test_wrapper:
    .quad 0
    .quad .Lname_zx_syscall_test_wrapper - .Limport_zx_syscall_test_wrapper
.popsection
.globl _zx_syscall_test_wrapper
.hidden _zx_syscall_test_wrapper
.set _zx_syscall_test_wrapper, zx_syscall_test_wrapper
.pushsection .text.zx_syscall_test_handle_create, "ax", @progbits
.globl zx_syscall_test_handle_create
.hidden zx_syscall_test_handle_create
.type zx_syscall_test_handle_create, @function
zx_syscall_test_handle_create:
    jmp qword ptr [rip + .Limport_zx_syscall_test_handle_create]
.size zx_syscall_test_handle_create, . - zx_syscall_test_handle_create
.Lname_zx_syscall_test_handle_create:
    .asciz "zx_syscall_test_handle_create"
.popsection
.pushsection hafnon_imports, "awo", @progbits, .text.zx_syscall_test_handle_create
.balign 8
.Limport_zx_syscall_test_handle_create:
    .quad 0
    .quad .Lname_zx_syscall_test_handle_create - .Limport_zx_syscall_test_handle_create
.popsection
.globl _zx_syscall_test_handle_create
.hidden _zx_syscall_test_handle_create
.set _zx_syscall_test_handle_create, zx_syscall_test_handle_create

.section .note.GNU-stack, "", @progbits
