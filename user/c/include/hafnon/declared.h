// Generated from syscalls.toml by generator/; edit that file instead.
// Each header takes the section that is named after it.

#ifdef HAFNON_DECLARED_MAGENTA_ERRORS_H
#undef HAFNON_DECLARED_MAGENTA_ERRORS_H

#define MX_OK (0)
#define NO_ERROR MX_OK
#define MX_ERR_INTERNAL (-1)
#define ERR_INTERNAL MX_ERR_INTERNAL
#define MX_ERR_NOT_SUPPORTED (-2)
#define ERR_NOT_SUPPORTED MX_ERR_NOT_SUPPORTED
#define MX_ERR_NO_RESOURCES (-3)
#define ERR_NO_RESOURCES MX_ERR_NO_RESOURCES
#define MX_ERR_NO_MEMORY (-4)
#define ERR_NO_MEMORY MX_ERR_NO_MEMORY
#define MX_ERR_INTERNAL_INTR_RETRY (-6)
#define ERR_INTERNAL_INTR_RETRY MX_ERR_INTERNAL_INTR_RETRY
#define MX_ERR_INVALID_ARGS (-10)
#define ERR_INVALID_ARGS MX_ERR_INVALID_ARGS
#define MX_ERR_BAD_HANDLE (-11)
#define ERR_BAD_HANDLE MX_ERR_BAD_HANDLE
#define MX_ERR_WRONG_TYPE (-12)
#define ERR_WRONG_TYPE MX_ERR_WRONG_TYPE
#define MX_ERR_BAD_SYSCALL (-13)
#define ERR_BAD_SYSCALL MX_ERR_BAD_SYSCALL
#define MX_ERR_OUT_OF_RANGE (-14)
#define ERR_OUT_OF_RANGE MX_ERR_OUT_OF_RANGE
#define MX_ERR_BUFFER_TOO_SMALL (-15)
#define ERR_BUFFER_TOO_SMALL MX_ERR_BUFFER_TOO_SMALL
#define MX_ERR_BAD_STATE (-20)
#define ERR_BAD_STATE MX_ERR_BAD_STATE
#define MX_ERR_TIMED_OUT (-21)
#define ERR_TIMED_OUT MX_ERR_TIMED_OUT
#define MX_ERR_SHOULD_WAIT (-22)
#define ERR_SHOULD_WAIT MX_ERR_SHOULD_WAIT
#define MX_ERR_CANCELED (-23)
#define ERR_CANCELED MX_ERR_CANCELED
#define MX_ERR_PEER_CLOSED (-24)
#define ERR_PEER_CLOSED MX_ERR_PEER_CLOSED
#define MX_ERR_NOT_FOUND (-25)
#define ERR_NOT_FOUND MX_ERR_NOT_FOUND
#define MX_ERR_ALREADY_EXISTS (-26)
#define ERR_ALREADY_EXISTS MX_ERR_ALREADY_EXISTS
#define MX_ERR_ALREADY_BOUND (-27)
#define ERR_ALREADY_BOUND MX_ERR_ALREADY_BOUND
#define MX_ERR_UNAVAILABLE (-28)
#define ERR_UNAVAILABLE MX_ERR_UNAVAILABLE
#define MX_ERR_ACCESS_DENIED (-30)
#define ERR_ACCESS_DENIED MX_ERR_ACCESS_DENIED
#define MX_ERR_IO (-40)
#define ERR_IO MX_ERR_IO
#define MX_ERR_IO_REFUSED (-41)
#define ERR_IO_REFUSED MX_ERR_IO_REFUSED
#define MX_ERR_IO_DATA_INTEGRITY (-42)
#define ERR_IO_DATA_INTEGRITY MX_ERR_IO_DATA_INTEGRITY
#define MX_ERR_IO_DATA_LOSS (-43)
#define ERR_IO_DATA_LOSS MX_ERR_IO_DATA_LOSS
#define MX_ERR_IO_NOT_PRESENT (-44)
#define ERR_IO_NOT_PRESENT MX_ERR_IO_NOT_PRESENT
#define MX_ERR_IO_OVERRUN (-45)
#define ERR_IO_OVERRUN MX_ERR_IO_OVERRUN
#define MX_ERR_IO_MISSED_DEADLINE (-46)
#define ERR_IO_MISSED_DEADLINE MX_ERR_IO_MISSED_DEADLINE
#define MX_ERR_IO_INVALID (-47)
#define ERR_IO_INVALID MX_ERR_IO_INVALID
#define MX_ERR_BAD_PATH (-50)
#define ERR_BAD_PATH MX_ERR_BAD_PATH
#define MX_ERR_NOT_DIR (-51)
#define ERR_NOT_DIR MX_ERR_NOT_DIR
#define MX_ERR_NOT_FILE (-52)
#define ERR_NOT_FILE MX_ERR_NOT_FILE
#define MX_ERR_FILE_BIG (-53)
#define ERR_FILE_BIG MX_ERR_FILE_BIG
#define MX_ERR_NO_SPACE (-54)
#define ERR_NO_SPACE MX_ERR_NO_SPACE
#define MX_ERR_NOT_EMPTY (-55)
#define ERR_NOT_EMPTY MX_ERR_NOT_EMPTY
#define MX_ERR_STOP (-60)
#define ERR_STOP MX_ERR_STOP
#define MX_ERR_NEXT (-61)
#define ERR_NEXT MX_ERR_NEXT
#define MX_ERR_ASYNC (-62)
#define ERR_ASYNC MX_ERR_ASYNC
#define MX_ERR_PROTOCOL_NOT_SUPPORTED (-70)
#define ERR_PROTOCOL_NOT_SUPPORTED MX_ERR_PROTOCOL_NOT_SUPPORTED
#define MX_ERR_ADDRESS_UNREACHABLE (-71)
#define ERR_ADDRESS_UNREACHABLE MX_ERR_ADDRESS_UNREACHABLE
#define MX_ERR_ADDRESS_IN_USE (-72)
#define ERR_ADDRESS_IN_USE MX_ERR_ADDRESS_IN_USE
#define MX_ERR_NOT_CONNECTED (-73)
#define ERR_NOT_CONNECTED MX_ERR_NOT_CONNECTED
#define MX_ERR_CONNECTION_REFUSED (-74)
#define ERR_CONNECTION_REFUSED MX_ERR_CONNECTION_REFUSED
#define MX_ERR_CONNECTION_RESET (-75)
#define ERR_CONNECTION_RESET MX_ERR_CONNECTION_RESET
#define MX_ERR_CONNECTION_ABORTED (-76)
#define ERR_CONNECTION_ABORTED MX_ERR_CONNECTION_ABORTED
#define MX_ERR_INTERNAL_INTR_KILLED (-502)
#define ERR_INTERNAL_INTR_KILLED MX_ERR_INTERNAL_INTR_KILLED

#endif

#ifdef HAFNON_DECLARED_MAGENTA_MX_SYSCALL_NUMBERS_H
#undef HAFNON_DECLARED_MAGENTA_MX_SYSCALL_NUMBERS_H

#define MX_SYS_handle_close 512
#define MX_SYS_handle_duplicate 513
#define MX_SYS_handle_replace 514
#define MX_SYS_handle_wait_many 515
#define MX_SYS_handle_wait_one 516
#define MX_SYS_object_bind_exception_port 517
#define MX_SYS_object_get_child 518
#define MX_SYS_object_get_info 519
#define MX_SYS_object_get_property 520
#define MX_SYS_object_set_property 521
#define MX_SYS_object_signal 522
#define MX_SYS_object_signal_peer 523
#define MX_SYS_object_wait_one 524
#define MX_SYS_object_wait_many 525
#define MX_SYS_thread_arch_prctl 526
#define MX_SYS_thread_create 527
#define MX_SYS_thread_exit 528
#define MX_SYS_thread_read_state 529
#define MX_SYS_thread_start 530
#define MX_SYS_thread_write_state 531
#define MX_SYS_process_create 532
#define MX_SYS_process_map_vm 533
#define MX_SYS_process_protect_vm 534
#define MX_SYS_process_read_memory 535
#define MX_SYS_process_start 536
#define MX_SYS_process_unmap_vm 537
#define MX_SYS_process_write_memory 538
#define MX_SYS_job_create 539
#define MX_SYS_task_resume 540
#define MX_SYS_task_kill 541
#define MX_SYS_channel_create 542
#define MX_SYS_channel_read 543
#define MX_SYS_channel_write 544
#define MX_SYS_socket_create 545
#define MX_SYS_socket_write 546
#define MX_SYS_socket_read 547
#define MX_SYS_event_create 548
#define MX_SYS_eventpair_create 549
#define MX_SYS_waitset_create 550
#define MX_SYS_waitset_add 551
#define MX_SYS_waitset_remove 552
#define MX_SYS_waitset_wait 553
#define MX_SYS_port_create 554
#define MX_SYS_port_queue 555
#define MX_SYS_port_wait 556
#define MX_SYS_port_bind 557
#define MX_SYS_futex_wait 558
#define MX_SYS_futex_wake 559
#define MX_SYS_futex_requeue 560
#define MX_SYS_vmo_create 561
#define MX_SYS_vmo_read 562
#define MX_SYS_vmo_write 563
#define MX_SYS_vmo_get_size 564
#define MX_SYS_vmo_set_size 565
#define MX_SYS_vmo_op_range 566
#define MX_SYS_vmar_allocate 567
#define MX_SYS_vmar_map 568
#define MX_SYS_vmar_protect 569
#define MX_SYS_vmar_unmap 570
#define MX_SYS_vmar_destroy 571
#define MX_SYS_cprng_draw 572
#define MX_SYS_cprng_add_entropy 573
#define MX_SYS_nanosleep 574
#define MX_SYS_datapipe_create 576
#define MX_SYS_datapipe_write 577
#define MX_SYS_datapipe_begin_write 578
#define MX_SYS_datapipe_end_write 579
#define MX_SYS_datapipe_read 580
#define MX_SYS_datapipe_begin_read 581
#define MX_SYS_datapipe_end_read 582
#define MX_SYS_log_create 585
#define MX_SYS_log_write 586
#define MX_SYS_log_read 587

#endif

#ifdef HAFNON_DECLARED_MAGENTA_RIGHTS_H
#undef HAFNON_DECLARED_MAGENTA_RIGHTS_H

#define MX_RIGHT_NONE ((mx_rights_t)0x0u)
#define MX_RIGHT_DUPLICATE ((mx_rights_t)0x1u)
#define MX_RIGHT_TRANSFER ((mx_rights_t)0x2u)
#define MX_RIGHT_READ ((mx_rights_t)0x4u)
#define MX_RIGHT_WRITE ((mx_rights_t)0x8u)
#define MX_RIGHT_EXECUTE ((mx_rights_t)0x10u)
#define MX_RIGHT_MAP ((mx_rights_t)0x20u)
#define MX_RIGHT_GET_PROPERTY ((mx_rights_t)0x40u)
#define MX_RIGHT_SET_PROPERTY ((mx_rights_t)0x80u)
#define MX_RIGHT_ENUMERATE ((mx_rights_t)0x100u)
#define MX_RIGHT_DESTROY ((mx_rights_t)0x200u)
#define MX_RIGHT_SET_POLICY ((mx_rights_t)0x400u)
#define MX_RIGHT_GET_POLICY ((mx_rights_t)0x800u)
#define MX_RIGHT_SIGNAL ((mx_rights_t)0x1000u)
#define MX_RIGHT_SIGNAL_PEER ((mx_rights_t)0x2000u)
#define MX_RIGHT_WAIT ((mx_rights_t)0x4000u)
#define MX_RIGHT_INSPECT ((mx_rights_t)0x8000u)
#define MX_RIGHT_MANAGE_JOB ((mx_rights_t)0x10000u)
#define MX_RIGHT_MANAGE_PROCESS ((mx_rights_t)0x20000u)
#define MX_RIGHT_MANAGE_THREAD ((mx_rights_t)0x40000u)
#define MX_RIGHT_APPLY_PROFILE ((mx_rights_t)0x80000u)
#define MX_RIGHT_MANAGE_SOCKET ((mx_rights_t)0x100000u)
#define MX_RIGHT_SAME_RIGHTS ((mx_rights_t)0x80000000u)

// Rights that go together.
#define MX_RIGHTS_BASIC ((mx_rights_t)0xc003u)
#define MX_RIGHTS_IO ((mx_rights_t)0xcu)
#define MX_RIGHTS_PROPERTY ((mx_rights_t)0xc0u)
#define MX_RIGHTS_POLICY ((mx_rights_t)0xc00u)

// Rights of new handles.
#define MX_DEFAULT_IO_MAPPING_RIGHTS ((mx_rights_t)0x8004u)
#define MX_DEFAULT_LOG_RIGHTS ((mx_rights_t)0xd00bu)
#define MX_DEFAULT_PCI_INTERRUPT_RIGHTS ((mx_rights_t)0xd00fu)
#define MX_DEFAULT_SYSTEM_EVENT_LOW_MEMORY_RIGHTS ((mx_rights_t)0x4003u)
#define MX_DEFAULT_PROCESS_RIGHTS ((mx_rights_t)0x6d3cfu)
#define MX_DEFAULT_THREAD_RIGHTS ((mx_rights_t)0x4d2cfu)
#define MX_DEFAULT_VMO_RIGHTS ((mx_rights_t)0xd0efu)
#define MX_DEFAULT_CHANNEL_RIGHTS ((mx_rights_t)0xf00eu)
#define MX_DEFAULT_EVENT_RIGHTS ((mx_rights_t)0xd003u)
#define MX_DEFAULT_PORT_RIGHTS ((mx_rights_t)0x800fu)
#define MX_DEFAULT_INTERRUPT_RIGHTS ((mx_rights_t)0xd00fu)
#define MX_DEFAULT_PCI_DEVICE_RIGHTS ((mx_rights_t)0xc00fu)
#define MX_DEFAULT_SOCKET_RIGHTS ((mx_rights_t)0x10f0cfu)
#define MX_DEFAULT_RESOURCE_RIGHTS ((mx_rights_t)0x800bu)
#define MX_DEFAULT_EVENTPAIR_RIGHTS ((mx_rights_t)0xf003u)
#define MX_DEFAULT_JOB_RIGHTS ((mx_rights_t)0x7dfcfu)
#define MX_DEFAULT_VMAR_RIGHTS ((mx_rights_t)0x8003u)
#define MX_DEFAULT_FIFO_RIGHTS ((mx_rights_t)0xf00fu)
#define MX_DEFAULT_GUEST_RIGHTS ((mx_rights_t)0x2800bu)
#define MX_DEFAULT_VCPU_RIGHTS ((mx_rights_t)0xd01fu)
#define MX_DEFAULT_TIMER_RIGHTS ((mx_rights_t)0xd00bu)
#define MX_DEFAULT_IOMMU_RIGHTS ((mx_rights_t)0x8003u)
#define MX_DEFAULT_BTI_RIGHTS ((mx_rights_t)0x802fu)
#define MX_DEFAULT_PROFILE_RIGHTS ((mx_rights_t)0x88003u)
#define MX_DEFAULT_PMT_RIGHTS ((mx_rights_t)0x8000u)
#define MX_DEFAULT_SUSPEND_TOKEN_RIGHTS ((mx_rights_t)0x8002u)
#define MX_DEFAULT_PAGER_RIGHTS ((mx_rights_t)0x80c2u)
#define MX_DEFAULT_EXCEPTION_RIGHTS ((mx_rights_t)0x80c2u)
#define MX_DEFAULT_CLOCK_RIGHTS ((mx_rights_t)0xc00fu)
#define MX_DEFAULT_STREAM_RIGHTS ((mx_rights_t)0xd0c3u)
#define MX_DEFAULT_MSI_RIGHTS ((mx_rights_t)0xc003u)
#define MX_DEFAULT_DATAPIPE_PRODUCER_RIGHTS ((mx_rights_t)0xd00eu)
#define MX_DEFAULT_DATAPIPE_CONSUMER_RIGHTS ((mx_rights_t)0xd006u)
#define MX_DEFAULT_WAITSET_RIGHTS ((mx_rights_t)0x800cu)

#endif

#ifdef HAFNON_DECLARED_MAGENTA_SYSCALLS_H
#undef HAFNON_DECLARED_MAGENTA_SYSCALLS_H

mx_status_t mx_handle_close(mx_handle_t handle);
mx_status_t _mx_handle_close(mx_handle_t handle);
mx_status_t mx_handle_duplicate(mx_handle_t handle, mx_rights_t rights, mx_handle_t* out);
mx_status_t _mx_handle_duplicate(mx_handle_t handle, mx_rights_t rights, mx_handle_t* out);
mx_status_t mx_handle_replace(mx_handle_t handle, mx_rights_t rights, mx_handle_t* out);
mx_status_t _mx_handle_replace(mx_handle_t handle, mx_rights_t rights, mx_handle_t* out);
mx_status_t mx_handle_wait_many(mx_wait_item_t* items, uint32_t count, mx_time_t timeout);
mx_status_t _mx_handle_wait_many(mx_wait_item_t* items, uint32_t count, mx_time_t timeout);
mx_status_t mx_handle_wait_one(mx_handle_t handle, mx_signals_t waitfor, mx_time_t timeout, mx_signals_t* observed);
mx_status_t _mx_handle_wait_one(mx_handle_t handle, mx_signals_t waitfor, mx_time_t timeout, mx_signals_t* observed);
mx_status_t mx_object_bind_exception_port(mx_handle_t object, mx_handle_t eport, uint64_t key, uint32_t options);
mx_status_t _mx_object_bind_exception_port(mx_handle_t object, mx_handle_t eport, uint64_t key, uint32_t options);
mx_status_t mx_object_get_child(mx_handle_t handle, uint64_t koid, mx_rights_t rights, mx_handle_t* out);
mx_status_t _mx_object_get_child(mx_handle_t handle, uint64_t koid, mx_rights_t rights, mx_handle_t* out);
mx_status_t mx_object_get_info(mx_handle_t handle, uint32_t topic, void* buffer, size_t buffer_size, size_t* actual, size_t* avail);
mx_status_t _mx_object_get_info(mx_handle_t handle, uint32_t topic, void* buffer, size_t buffer_size, size_t* actual, size_t* avail);
mx_status_t mx_object_get_property(mx_handle_t handle, uint32_t property, void* value, size_t value_size);
mx_status_t _mx_object_get_property(mx_handle_t handle, uint32_t property, void* value, size_t value_size);
mx_status_t mx_object_set_property(mx_handle_t handle, uint32_t property, const void* value, size_t value_size);
mx_status_t _mx_object_set_property(mx_handle_t handle, uint32_t property, const void* value, size_t value_size);
mx_status_t mx_object_signal(mx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
mx_status_t _mx_object_signal(mx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
mx_status_t mx_object_signal_peer(mx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
mx_status_t _mx_object_signal_peer(mx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
mx_status_t mx_object_wait_one(mx_handle_t handle, mx_signals_t waitfor, mx_time_t timeout, mx_signals_t* observed);
mx_status_t _mx_object_wait_one(mx_handle_t handle, mx_signals_t waitfor, mx_time_t timeout, mx_signals_t* observed);
mx_status_t mx_object_wait_many(mx_wait_item_t* items, uint32_t count, mx_time_t timeout);
mx_status_t _mx_object_wait_many(mx_wait_item_t* items, uint32_t count, mx_time_t timeout);
mx_status_t mx_thread_arch_prctl(mx_handle_t handle, uint32_t op, uintptr_t* value);
mx_status_t _mx_thread_arch_prctl(mx_handle_t handle, uint32_t op, uintptr_t* value);
mx_status_t mx_thread_create(mx_handle_t process, const char* name, uint32_t name_len, uint32_t options, mx_handle_t* out);
mx_status_t _mx_thread_create(mx_handle_t process, const char* name, uint32_t name_len, uint32_t options, mx_handle_t* out);
__NO_RETURN void mx_thread_exit(void);
__NO_RETURN void _mx_thread_exit(void);
mx_status_t mx_thread_read_state(mx_handle_t handle, uint32_t kind, void* buffer, uint32_t len, uint32_t* actual);
mx_status_t _mx_thread_read_state(mx_handle_t handle, uint32_t kind, void* buffer, uint32_t len, uint32_t* actual);
mx_status_t mx_thread_start(mx_handle_t handle, uintptr_t thread_entry, uintptr_t stack, uintptr_t arg1, uintptr_t arg2);
mx_status_t _mx_thread_start(mx_handle_t handle, uintptr_t thread_entry, uintptr_t stack, uintptr_t arg1, uintptr_t arg2);
mx_status_t mx_thread_write_state(mx_handle_t handle, uint32_t kind, const void* buffer, uint32_t buffer_len);
mx_status_t _mx_thread_write_state(mx_handle_t handle, uint32_t kind, const void* buffer, uint32_t buffer_len);
mx_status_t mx_process_create(mx_handle_t job, const char* name, uint32_t name_len, uint32_t options, mx_handle_t* proc_handle, mx_handle_t* vmar_handle);
mx_status_t _mx_process_create(mx_handle_t job, const char* name, uint32_t name_len, uint32_t options, mx_handle_t* proc_handle, mx_handle_t* vmar_handle);
mx_status_t mx_process_map_vm(mx_handle_t proc_handle, mx_handle_t vmo_handle, uint64_t offset, size_t len, uintptr_t* ptr, uint32_t flags);
mx_status_t _mx_process_map_vm(mx_handle_t proc_handle, mx_handle_t vmo_handle, uint64_t offset, size_t len, uintptr_t* ptr, uint32_t flags);
mx_status_t mx_process_protect_vm(mx_handle_t proc_handle, uintptr_t address, size_t len, uint32_t prot);
mx_status_t _mx_process_protect_vm(mx_handle_t proc_handle, uintptr_t address, size_t len, uint32_t prot);
mx_status_t mx_process_read_memory(mx_handle_t proc, uintptr_t vaddr, void* buffer, size_t len, size_t* actual);
mx_status_t _mx_process_read_memory(mx_handle_t proc, uintptr_t vaddr, void* buffer, size_t len, size_t* actual);
mx_status_t mx_process_start(mx_handle_t process_handle, mx_handle_t thread_handle, uintptr_t entry, uintptr_t stack, mx_handle_t arg_handle, uintptr_t arg2);
mx_status_t _mx_process_start(mx_handle_t process_handle, mx_handle_t thread_handle, uintptr_t entry, uintptr_t stack, mx_handle_t arg_handle, uintptr_t arg2);
mx_status_t mx_process_unmap_vm(mx_handle_t proc_handle, uintptr_t address, size_t len);
mx_status_t _mx_process_unmap_vm(mx_handle_t proc_handle, uintptr_t address, size_t len);
mx_status_t mx_process_write_memory(mx_handle_t proc, uintptr_t vaddr, const void* buffer, size_t len, size_t* actual);
mx_status_t _mx_process_write_memory(mx_handle_t proc, uintptr_t vaddr, const void* buffer, size_t len, size_t* actual);
mx_status_t mx_job_create(mx_handle_t parent_job, uint32_t options, mx_handle_t* out);
mx_status_t _mx_job_create(mx_handle_t parent_job, uint32_t options, mx_handle_t* out);
mx_status_t mx_task_resume(mx_handle_t task_handle, uint32_t options);
mx_status_t _mx_task_resume(mx_handle_t task_handle, uint32_t options);
mx_status_t mx_task_kill(mx_handle_t task_handle);
mx_status_t _mx_task_kill(mx_handle_t task_handle);
mx_status_t mx_channel_create(uint32_t options, mx_handle_t* out0, mx_handle_t* out1);
mx_status_t _mx_channel_create(uint32_t options, mx_handle_t* out0, mx_handle_t* out1);
mx_status_t mx_channel_read(mx_handle_t handle, uint32_t options, void* bytes, uint32_t num_bytes, uint32_t* actual_bytes, mx_handle_t* handles, uint32_t num_handles, uint32_t* actual_handles);
mx_status_t _mx_channel_read(mx_handle_t handle, uint32_t options, void* bytes, uint32_t num_bytes, uint32_t* actual_bytes, mx_handle_t* handles, uint32_t num_handles, uint32_t* actual_handles);
mx_status_t mx_channel_write(mx_handle_t handle, uint32_t options, const void* bytes, uint32_t num_bytes, const mx_handle_t* handles, uint32_t num_handles);
mx_status_t _mx_channel_write(mx_handle_t handle, uint32_t options, const void* bytes, uint32_t num_bytes, const mx_handle_t* handles, uint32_t num_handles);
mx_status_t mx_socket_create(uint32_t options, mx_handle_t* out0, mx_handle_t* out1);
mx_status_t _mx_socket_create(uint32_t options, mx_handle_t* out0, mx_handle_t* out1);
mx_status_t mx_socket_write(mx_handle_t handle, uint32_t options, const void* buffer, size_t size, size_t* actual);
mx_status_t _mx_socket_write(mx_handle_t handle, uint32_t options, const void* buffer, size_t size, size_t* actual);
mx_status_t mx_socket_read(mx_handle_t handle, uint32_t options, void* buffer, size_t size, size_t* actual);
mx_status_t _mx_socket_read(mx_handle_t handle, uint32_t options, void* buffer, size_t size, size_t* actual);
mx_status_t mx_event_create(uint32_t options, mx_handle_t* out);
mx_status_t _mx_event_create(uint32_t options, mx_handle_t* out);
mx_status_t mx_eventpair_create(uint32_t options, mx_handle_t* out0, mx_handle_t* out1);
mx_status_t _mx_eventpair_create(uint32_t options, mx_handle_t* out0, mx_handle_t* out1);
mx_status_t mx_waitset_create(uint32_t options, mx_handle_t* out);
mx_status_t _mx_waitset_create(uint32_t options, mx_handle_t* out);
mx_status_t mx_waitset_add(mx_handle_t waitset_handle, uint64_t cookie, mx_handle_t handle, mx_signals_t signals);
mx_status_t _mx_waitset_add(mx_handle_t waitset_handle, uint64_t cookie, mx_handle_t handle, mx_signals_t signals);
mx_status_t mx_waitset_remove(mx_handle_t waitset_handle, uint64_t cookie);
mx_status_t _mx_waitset_remove(mx_handle_t waitset_handle, uint64_t cookie);
mx_status_t mx_waitset_wait(mx_handle_t waitset_handle, mx_time_t timeout, mx_waitset_result_t* results, uint32_t* count);
mx_status_t _mx_waitset_wait(mx_handle_t waitset_handle, mx_time_t timeout, mx_waitset_result_t* results, uint32_t* count);
mx_status_t mx_port_create(uint32_t options, mx_handle_t* out);
mx_status_t _mx_port_create(uint32_t options, mx_handle_t* out);
mx_status_t mx_port_queue(mx_handle_t handle, const void* packet, size_t size);
mx_status_t _mx_port_queue(mx_handle_t handle, const void* packet, size_t size);
mx_status_t mx_port_wait(mx_handle_t handle, mx_time_t timeout, void* packet, size_t size);
mx_status_t _mx_port_wait(mx_handle_t handle, mx_time_t timeout, void* packet, size_t size);
mx_status_t mx_port_bind(mx_handle_t handle, uint64_t key, mx_handle_t source, mx_signals_t signals);
mx_status_t _mx_port_bind(mx_handle_t handle, uint64_t key, mx_handle_t source, mx_signals_t signals);
mx_status_t mx_futex_wait(const mx_futex_t* value_ptr, int current_value, mx_time_t timeout);
mx_status_t _mx_futex_wait(const mx_futex_t* value_ptr, int current_value, mx_time_t timeout);
mx_status_t mx_futex_wake(const mx_futex_t* value_ptr, uint32_t count);
mx_status_t _mx_futex_wake(const mx_futex_t* value_ptr, uint32_t count);
mx_status_t mx_futex_requeue(const mx_futex_t* wake_ptr, uint32_t wake_count, int current_value, const mx_futex_t* requeue_ptr, uint32_t requeue_count);
mx_status_t _mx_futex_requeue(const mx_futex_t* wake_ptr, uint32_t wake_count, int current_value, const mx_futex_t* requeue_ptr, uint32_t requeue_count);
mx_status_t mx_vmo_create(uint64_t size, uint32_t options, mx_handle_t* out);
mx_status_t _mx_vmo_create(uint64_t size, uint32_t options, mx_handle_t* out);
mx_status_t mx_vmo_read(mx_handle_t handle, void* data, uint64_t offset, size_t len, size_t* actual);
mx_status_t _mx_vmo_read(mx_handle_t handle, void* data, uint64_t offset, size_t len, size_t* actual);
mx_status_t mx_vmo_write(mx_handle_t handle, const void* data, uint64_t offset, size_t len, size_t* actual);
mx_status_t _mx_vmo_write(mx_handle_t handle, const void* data, uint64_t offset, size_t len, size_t* actual);
mx_status_t mx_vmo_get_size(mx_handle_t handle, uint64_t* size);
mx_status_t _mx_vmo_get_size(mx_handle_t handle, uint64_t* size);
mx_status_t mx_vmo_set_size(mx_handle_t handle, uint64_t size);
mx_status_t _mx_vmo_set_size(mx_handle_t handle, uint64_t size);
mx_status_t mx_vmo_op_range(mx_handle_t handle, uint32_t op, uint64_t offset, uint64_t size, void* buffer, size_t buffer_size);
mx_status_t _mx_vmo_op_range(mx_handle_t handle, uint32_t op, uint64_t offset, uint64_t size, void* buffer, size_t buffer_size);
mx_status_t mx_vmar_allocate(mx_handle_t parent_vmar_handle, size_t offset, size_t size, uint32_t map_flags, mx_handle_t* child_vmar, uintptr_t* child_addr);
mx_status_t _mx_vmar_allocate(mx_handle_t parent_vmar_handle, size_t offset, size_t size, uint32_t map_flags, mx_handle_t* child_vmar, uintptr_t* child_addr);
mx_status_t mx_vmar_map(mx_handle_t vmar_handle, size_t vmar_offset, mx_handle_t vmo_handle, uint64_t vmo_offset, size_t len, uint32_t map_flags, uintptr_t* mapped_addr);
mx_status_t _mx_vmar_map(mx_handle_t vmar_handle, size_t vmar_offset, mx_handle_t vmo_handle, uint64_t vmo_offset, size_t len, uint32_t map_flags, uintptr_t* mapped_addr);
mx_status_t mx_vmar_protect(mx_handle_t vmar_handle, uintptr_t addr, size_t len, uint32_t prot_flags);
mx_status_t _mx_vmar_protect(mx_handle_t vmar_handle, uintptr_t addr, size_t len, uint32_t prot_flags);
mx_status_t mx_vmar_unmap(mx_handle_t vmar_handle, uintptr_t addr, size_t len);
mx_status_t _mx_vmar_unmap(mx_handle_t vmar_handle, uintptr_t addr, size_t len);
mx_status_t mx_vmar_destroy(mx_handle_t vmar_handle);
mx_status_t _mx_vmar_destroy(mx_handle_t vmar_handle);
mx_status_t mx_cprng_draw(void* buffer, size_t len, size_t* actual);
mx_status_t _mx_cprng_draw(void* buffer, size_t len, size_t* actual);
mx_status_t mx_cprng_add_entropy(const void* buffer, size_t len);
mx_status_t _mx_cprng_add_entropy(const void* buffer, size_t len);
mx_status_t mx_nanosleep(mx_time_t nanoseconds);
mx_status_t _mx_nanosleep(mx_time_t nanoseconds);
mx_time_t mx_time_get(uint32_t clock_id);
mx_time_t _mx_time_get(uint32_t clock_id);
mx_status_t mx_datapipe_create(uint32_t options, size_t element_size, size_t capacity, mx_handle_t* consumer, mx_handle_t* producer);
mx_status_t _mx_datapipe_create(uint32_t options, size_t element_size, size_t capacity, mx_handle_t* consumer, mx_handle_t* producer);
mx_status_t mx_datapipe_write(mx_handle_t producer, uint32_t options, const void* buffer, size_t requested, size_t* actual);
mx_status_t _mx_datapipe_write(mx_handle_t producer, uint32_t options, const void* buffer, size_t requested, size_t* actual);
mx_status_t mx_datapipe_begin_write(mx_handle_t producer, uint32_t options, size_t requested, uintptr_t* buffer, size_t* available);
mx_status_t _mx_datapipe_begin_write(mx_handle_t producer, uint32_t options, size_t requested, uintptr_t* buffer, size_t* available);
mx_status_t mx_datapipe_end_write(mx_handle_t producer, size_t written);
mx_status_t _mx_datapipe_end_write(mx_handle_t producer, size_t written);
mx_status_t mx_datapipe_read(mx_handle_t consumer, uint32_t options, void* buffer, size_t requested, size_t* actual);
mx_status_t _mx_datapipe_read(mx_handle_t consumer, uint32_t options, void* buffer, size_t requested, size_t* actual);
mx_status_t mx_datapipe_begin_read(mx_handle_t consumer, uint32_t options, size_t requested, uintptr_t* buffer, size_t* available);
mx_status_t _mx_datapipe_begin_read(mx_handle_t consumer, uint32_t options, size_t requested, uintptr_t* buffer, size_t* available);
mx_status_t mx_datapipe_end_read(mx_handle_t consumer, size_t read);
mx_status_t _mx_datapipe_end_read(mx_handle_t consumer, size_t read);
mx_status_t mx_version_get(char* version, uint32_t version_len);
mx_status_t _mx_version_get(char* version, uint32_t version_len);
uint32_t mx_num_cpus(void);
uint32_t _mx_num_cpus(void);
mx_status_t mx_log_create(uint32_t options, mx_handle_t* out);
mx_status_t _mx_log_create(uint32_t options, mx_handle_t* out);
mx_status_t mx_log_write(mx_handle_t handle, uint32_t len, const void* buffer, uint32_t options);
mx_status_t _mx_log_write(mx_handle_t handle, uint32_t len, const void* buffer, uint32_t options);
mx_status_t mx_log_read(mx_handle_t handle, uint32_t len, void* buffer, uint32_t options);
mx_status_t _mx_log_read(mx_handle_t handle, uint32_t len, void* buffer, uint32_t options);

#endif

#ifdef HAFNON_DECLARED_MAGENTA_SYSCALLS_DATAPIPE_H
#undef HAFNON_DECLARED_MAGENTA_SYSCALLS_DATAPIPE_H

// Options of reading and writing data pipes. DISCARD, QUERY and PEEK exclude each other.
#define MX_DATAPIPE_WRITE_FLAG_ALL_OR_NONE ((uint32_t)0x1u)
#define MX_DATAPIPE_WRITE_FLAG_MASK ((uint32_t)0x1u)
#define MX_DATAPIPE_READ_FLAG_ALL_OR_NONE ((uint32_t)0x1u)
#define MX_DATAPIPE_READ_FLAG_DISCARD ((uint32_t)0x2u)
#define MX_DATAPIPE_READ_FLAG_QUERY ((uint32_t)0x4u)
#define MX_DATAPIPE_READ_FLAG_PEEK ((uint32_t)0x8u)
#define MX_DATAPIPE_READ_FLAG_MASK ((uint32_t)0xfu)

#endif

#ifdef HAFNON_DECLARED_MAGENTA_SYSCALLS_PORT_H
#undef HAFNON_DECLARED_MAGENTA_SYSCALLS_PORT_H

// Types of the packets of an IO port: of the kernel, of a bound object, of user code, of an exception.
#define MX_PORT_PKT_TYPE_KERN ((uint32_t)0x0u)
#define MX_PORT_PKT_TYPE_IOSN ((uint32_t)0x1u)
#define MX_PORT_PKT_TYPE_USER ((uint32_t)0x2u)
#define MX_PORT_PKT_TYPE_EXCEPTION ((uint32_t)0x3u)

// Size of the largest packet of an IO port.
#define MX_PORT_MAX_PKT_SIZE ((size_t)0x80u)

// The head of every packet of an IO port; up to 112 bytes follow.
typedef struct mx_packet_header {
    uint64_t key;
    uint32_t type;
    uint32_t extra;
} mx_packet_header_t;

// The packet of an object that is bound to an IO port.
typedef struct mx_io_packet {
    mx_packet_header_t hdr;
    mx_time_t timestamp;
    size_t bytes;
    mx_signals_t signals;
    uint32_t reserved;
} mx_io_packet_t;

#endif

#ifdef HAFNON_DECLARED_MAGENTA_TYPES_H
#undef HAFNON_DECLARED_MAGENTA_TYPES_H

#define MX_SIGNAL_NONE ((mx_signals_t)0x0u)
#define MX_SIGNAL_HANDLE_CLOSED ((mx_signals_t)0x800000u)
#define MX_USER_SIGNAL_ALL ((mx_signals_t)0xff000000u)
#define MX_USER_SIGNAL_0 ((mx_signals_t)0x1000000u)
#define MX_USER_SIGNAL_1 ((mx_signals_t)0x2000000u)
#define MX_USER_SIGNAL_2 ((mx_signals_t)0x4000000u)
#define MX_USER_SIGNAL_3 ((mx_signals_t)0x8000000u)
#define MX_USER_SIGNAL_4 ((mx_signals_t)0x10000000u)
#define MX_USER_SIGNAL_5 ((mx_signals_t)0x20000000u)
#define MX_USER_SIGNAL_6 ((mx_signals_t)0x40000000u)
#define MX_USER_SIGNAL_7 ((mx_signals_t)0x80000000u)
#define MX_EVENT_SIGNALED ((mx_signals_t)0x8u)
#define MX_EVENT_SIGNAL_MASK ((mx_signals_t)0xff000008u)
#define MX_EVENTPAIR_SIGNALED ((mx_signals_t)0x8u)
#define MX_EVENTPAIR_PEER_CLOSED ((mx_signals_t)0x4u)
#define MX_EVENTPAIR_SIGNAL_MASK ((mx_signals_t)0xff00000cu)
#define MX_CHANNEL_READABLE ((mx_signals_t)0x1u)
#define MX_CHANNEL_WRITABLE ((mx_signals_t)0x2u)
#define MX_CHANNEL_PEER_CLOSED ((mx_signals_t)0x4u)
#define MX_CLOCK_STARTED ((mx_signals_t)0x10u)
#define MX_SOCKET_READABLE ((mx_signals_t)0x1u)
#define MX_SOCKET_WRITABLE ((mx_signals_t)0x2u)
#define MX_SOCKET_PEER_CLOSED ((mx_signals_t)0x4u)
#define MX_SOCKET_PEER_WRITE_DISABLED ((mx_signals_t)0x10u)
#define MX_SOCKET_WRITE_DISABLED ((mx_signals_t)0x20u)
#define MX_SOCKET_READ_THRESHOLD ((mx_signals_t)0x400u)
#define MX_SOCKET_WRITE_THRESHOLD ((mx_signals_t)0x800u)
#define MX_FIFO_READABLE ((mx_signals_t)0x1u)
#define MX_FIFO_WRITABLE ((mx_signals_t)0x2u)
#define MX_FIFO_PEER_CLOSED ((mx_signals_t)0x4u)
#define MX_TASK_TERMINATED ((mx_signals_t)0x8u)
#define MX_JOB_TERMINATED ((mx_signals_t)0x8u)
#define MX_JOB_NO_JOBS ((mx_signals_t)0x10u)
#define MX_JOB_NO_PROCESSES ((mx_signals_t)0x20u)
#define MX_PROCESS_TERMINATED ((mx_signals_t)0x8u)
#define MX_THREAD_TERMINATED ((mx_signals_t)0x8u)
#define MX_THREAD_RUNNING ((mx_signals_t)0x10u)
#define MX_THREAD_SUSPENDED ((mx_signals_t)0x20u)
#define MX_LOG_READABLE ((mx_signals_t)0x1u)
#define MX_LOG_WRITABLE ((mx_signals_t)0x2u)
#define MX_TIMER_SIGNALED ((mx_signals_t)0x8u)
#define MX_VMO_ZERO_CHILDREN ((mx_signals_t)0x8u)
#define MX_INTERRUPT_SIGNALED ((mx_signals_t)0x10u)
#define MX_DATAPIPE_READABLE ((mx_signals_t)0x1u)
#define MX_DATAPIPE_WRITABLE ((mx_signals_t)0x2u)
#define MX_DATAPIPE_PEER_CLOSED ((mx_signals_t)0x4u)
#define MX_DATAPIPE_READ_THRESHOLD ((mx_signals_t)0x10u)
#define MX_DATAPIPE_WRITE_THRESHOLD ((mx_signals_t)0x20u)

// Kinds of objects that only Magenta has. An IO port is of type 6, as a port is.
#define MX_OBJ_TYPE_IO_PORT ((mx_obj_type_t)0x6u)
#define MX_OBJ_TYPE_DATAPIPE_PRODUCER ((mx_obj_type_t)0x7u)
#define MX_OBJ_TYPE_DATAPIPE_CONSUMER ((mx_obj_type_t)0x8u)
#define MX_OBJ_TYPE_WAITSET ((mx_obj_type_t)0xdu)

// Options of socket_write: no more will be written.
#define MX_SOCKET_HALF_CLOSE ((uint32_t)0x1u)

// Most results of one waitset_wait.
#define MX_WAITSET_MAX_RESULTS ((uint32_t)0x400u)

// What became of one entry of a wait set.
typedef struct mx_waitset_result {
    uint64_t cookie;
    mx_status_t status;
    mx_signals_t observed;
} mx_waitset_result_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_ERRORS_H
#undef HAFNON_DECLARED_ZIRCON_ERRORS_H

// The call did what was asked.
#define ZX_OK (0)
// The kernel failed in a way it has no better name for.
#define ZX_ERR_INTERNAL (-1)
// The call, or this use of it, does not exist here.
#define ZX_ERR_NOT_SUPPORTED (-2)
// Something other than memory has run out.
#define ZX_ERR_NO_RESOURCES (-3)
// There is not enough memory.
#define ZX_ERR_NO_MEMORY (-4)
// An interrupted call is to be entered again; user code never sees it.
#define ZX_ERR_INTERNAL_INTR_RETRY (-6)
// An argument is not one the call accepts, such as a null pointer.
#define ZX_ERR_INVALID_ARGS (-10)
// The value is no handle of this process.
#define ZX_ERR_BAD_HANDLE (-11)
// The handle refers to another kind of object.
#define ZX_ERR_WRONG_TYPE (-12)
// There is no call of this number.
#define ZX_ERR_BAD_SYSCALL (-13)
// A number lies outside what the object allows.
#define ZX_ERR_OUT_OF_RANGE (-14)
// The buffer cannot hold the answer.
#define ZX_ERR_BUFFER_TOO_SMALL (-15)
// The object is not in a state that allows this.
#define ZX_ERR_BAD_STATE (-20)
// The deadline came first.
#define ZX_ERR_TIMED_OUT (-21)
// Not now; waiting for a signal may help.
#define ZX_ERR_SHOULD_WAIT (-22)
// The wait was given up, such as when its handle was closed.
#define ZX_ERR_CANCELED (-23)
// The other end is gone.
#define ZX_ERR_PEER_CLOSED (-24)
// There is no such thing.
#define ZX_ERR_NOT_FOUND (-25)
// There is one already.
#define ZX_ERR_ALREADY_EXISTS (-26)
// Someone else owns it now.
#define ZX_ERR_ALREADY_BOUND (-27)
// Not now, and nothing tells when.
#define ZX_ERR_UNAVAILABLE (-28)
// The handle lacks a right, or a policy forbids it.
#define ZX_ERR_ACCESS_DENIED (-30)
// Input or output failed.
#define ZX_ERR_IO (-40)
// The device refused.
#define ZX_ERR_IO_REFUSED (-41)
// The data does not match its checksum.
#define ZX_ERR_IO_DATA_INTEGRITY (-42)
// The data cannot be had, perhaps never again.
#define ZX_ERR_IO_DATA_LOSS (-43)
// The device is gone.
#define ZX_ERR_IO_NOT_PRESENT (-44)
// The device sent more than was asked for.
#define ZX_ERR_IO_OVERRUN (-45)
// The device was too late.
#define ZX_ERR_IO_MISSED_DEADLINE (-46)
// The device got or gave data out of range.
#define ZX_ERR_IO_INVALID (-47)
// The path is too long.
#define ZX_ERR_BAD_PATH (-50)
// It is no directory.
#define ZX_ERR_NOT_DIR (-51)
// It is no regular file.
#define ZX_ERR_NOT_FILE (-52)
// The file would become too large.
#define ZX_ERR_FILE_BIG (-53)
// The file system or device is full.
#define ZX_ERR_NO_SPACE (-54)
// The directory is not empty.
#define ZX_ERR_NOT_EMPTY (-55)
// A callback asks not to be called again.
#define ZX_ERR_STOP (-60)
// A callback passes on to the next item.
#define ZX_ERR_NEXT (-61)
// A callback goes on elsewhere.
#define ZX_ERR_ASYNC (-62)
// The network protocol does not exist here.
#define ZX_ERR_PROTOCOL_NOT_SUPPORTED (-70)
// The network address cannot be reached.
#define ZX_ERR_ADDRESS_UNREACHABLE (-71)
// The network address is taken.
#define ZX_ERR_ADDRESS_IN_USE (-72)
// The connection does not exist.
#define ZX_ERR_NOT_CONNECTED (-73)
// The other side refused the connection.
#define ZX_ERR_CONNECTION_REFUSED (-74)
// The other side reset the connection.
#define ZX_ERR_CONNECTION_RESET (-75)
// The connection was aborted.
#define ZX_ERR_CONNECTION_ABORTED (-76)
// The thread was killed in a call; user code never sees it.
#define ZX_ERR_INTERNAL_INTR_KILLED (-502)

#endif

#ifdef HAFNON_DECLARED_ZIRCON_FEATURES_H
#undef HAFNON_DECLARED_ZIRCON_FEATURES_H

// What system_get_features tells.
#define ZX_FEATURE_KIND_CPU ((uint32_t)0x0u)
#define ZX_FEATURE_KIND_HW_BREAKPOINT_COUNT ((uint32_t)0x1u)
#define ZX_FEATURE_KIND_HW_WATCHPOINT_COUNT ((uint32_t)0x2u)
#define ZX_FEATURE_KIND_ADDRESS_TAGGING ((uint32_t)0x3u)
#define ZX_FEATURE_KIND_VM ((uint32_t)0x4u)
#define ZX_HAS_CPU_FEATURES ((uint32_t)0x1u)
#define ZX_VM_FEATURE_CAN_MAP_XOM ((uint32_t)0x1u)

#endif

#ifdef HAFNON_DECLARED_ZIRCON_LIMITS_H
#undef HAFNON_DECLARED_ZIRCON_LIMITS_H

// Page sizes: the smallest, and the bounds over all systems of this architecture.
#define ZX_PAGE_SIZE ((uintptr_t)0x1000u)
#define ZX_PAGE_MASK ((uintptr_t)0xfffu)
#define ZX_MIN_PAGE_SIZE ((uintptr_t)0x1000u)
#define ZX_MAX_PAGE_SIZE ((uintptr_t)0x200000u)

// Page sizes as powers of two.
#define ZX_PAGE_SHIFT ((uint32_t)0xcu)
#define ZX_MIN_PAGE_SHIFT ((uint32_t)0xcu)
#define ZX_MAX_PAGE_SHIFT ((uint32_t)0x15u)

#endif

#ifdef HAFNON_DECLARED_ZIRCON_PROCESSARGS_H
#undef HAFNON_DECLARED_ZIRCON_PROCESSARGS_H

// The message that a new process finds in its bootstrap channel.
#define ZX_PROCARGS_PROTOCOL ((uint32_t)0x4150585du)
#define ZX_PROCARGS_VERSION ((uint32_t)0x1000u)

// What a handle in the bootstrap message is for (bits 0 to 7 of its word in the table; bits 16 to 31: argument).
#define PA_PROC_SELF ((uint32_t)0x1u)
#define PA_THREAD_SELF ((uint32_t)0x2u)
#define PA_JOB_DEFAULT ((uint32_t)0x3u)
#define PA_VMAR_ROOT ((uint32_t)0x4u)
#define PA_VMAR_LOADED ((uint32_t)0x5u)
#define PA_LDSVC_LOADER ((uint32_t)0x10u)
#define PA_VMO_VDSO ((uint32_t)0x11u)
#define PA_VMO_STACK ((uint32_t)0x13u)
#define PA_VMO_EXECUTABLE ((uint32_t)0x14u)
#define PA_VMO_BOOTDATA ((uint32_t)0x1au)
#define PA_VMO_BOOTFS ((uint32_t)0x1bu)
#define PA_VMO_KERNEL_FILE ((uint32_t)0x1cu)
#define PA_NS_DIR ((uint32_t)0x20u)
#define PA_FD ((uint32_t)0x30u)
#define PA_FDIO_REMOTE ((uint32_t)0x32u)
#define PA_FDIO_LOGGER ((uint32_t)0x35u)
#define PA_FDIO_SOCKET ((uint32_t)0x36u)
#define PA_DIRECTORY_REQUEST ((uint32_t)0x3bu)
#define PA_RESOURCE ((uint32_t)0x3fu)
#define PA_USER0 ((uint32_t)0xf0u)
#define PA_USER1 ((uint32_t)0xf1u)
#define PA_USER2 ((uint32_t)0xf2u)

// The head of a new process's bootstrap message; offsets count from its start.
typedef struct zx_proc_args {
    uint32_t protocol;
    uint32_t version;
    uint32_t handle_info_off;
    uint32_t args_off;
    uint32_t args_num;
    uint32_t environ_off;
    uint32_t environ_num;
    uint32_t names_off;
    uint32_t names_num;
} zx_proc_args_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_RIGHTS_H
#undef HAFNON_DECLARED_ZIRCON_RIGHTS_H

#define ZX_RIGHT_NONE ((zx_rights_t)0x0u)
#define ZX_RIGHT_DUPLICATE ((zx_rights_t)0x1u)
#define ZX_RIGHT_TRANSFER ((zx_rights_t)0x2u)
#define ZX_RIGHT_READ ((zx_rights_t)0x4u)
#define ZX_RIGHT_WRITE ((zx_rights_t)0x8u)
#define ZX_RIGHT_EXECUTE ((zx_rights_t)0x10u)
#define ZX_RIGHT_MAP ((zx_rights_t)0x20u)
#define ZX_RIGHT_GET_PROPERTY ((zx_rights_t)0x40u)
#define ZX_RIGHT_SET_PROPERTY ((zx_rights_t)0x80u)
#define ZX_RIGHT_ENUMERATE ((zx_rights_t)0x100u)
#define ZX_RIGHT_DESTROY ((zx_rights_t)0x200u)
#define ZX_RIGHT_SET_POLICY ((zx_rights_t)0x400u)
#define ZX_RIGHT_GET_POLICY ((zx_rights_t)0x800u)
#define ZX_RIGHT_SIGNAL ((zx_rights_t)0x1000u)
#define ZX_RIGHT_SIGNAL_PEER ((zx_rights_t)0x2000u)
#define ZX_RIGHT_WAIT ((zx_rights_t)0x4000u)
#define ZX_RIGHT_INSPECT ((zx_rights_t)0x8000u)
#define ZX_RIGHT_MANAGE_JOB ((zx_rights_t)0x10000u)
#define ZX_RIGHT_MANAGE_PROCESS ((zx_rights_t)0x20000u)
#define ZX_RIGHT_MANAGE_THREAD ((zx_rights_t)0x40000u)
#define ZX_RIGHT_APPLY_PROFILE ((zx_rights_t)0x80000u)
#define ZX_RIGHT_MANAGE_SOCKET ((zx_rights_t)0x100000u)
#define ZX_RIGHT_SAME_RIGHTS ((zx_rights_t)0x80000000u)

// Rights that go together.
#define ZX_RIGHTS_BASIC ((zx_rights_t)0xc003u)
#define ZX_RIGHTS_IO ((zx_rights_t)0xcu)
#define ZX_RIGHTS_PROPERTY ((zx_rights_t)0xc0u)
#define ZX_RIGHTS_POLICY ((zx_rights_t)0xc00u)

// Rights of new handles.
#define ZX_DEFAULT_IO_MAPPING_RIGHTS ((zx_rights_t)0x8004u)
#define ZX_DEFAULT_LOG_RIGHTS ((zx_rights_t)0xd00bu)
#define ZX_DEFAULT_PCI_INTERRUPT_RIGHTS ((zx_rights_t)0xd00fu)
#define ZX_DEFAULT_SYSTEM_EVENT_LOW_MEMORY_RIGHTS ((zx_rights_t)0x4003u)
#define ZX_DEFAULT_PROCESS_RIGHTS ((zx_rights_t)0x6d3cfu)
#define ZX_DEFAULT_THREAD_RIGHTS ((zx_rights_t)0x4d2cfu)
#define ZX_DEFAULT_VMO_RIGHTS ((zx_rights_t)0xd0efu)
#define ZX_DEFAULT_CHANNEL_RIGHTS ((zx_rights_t)0xf00eu)
#define ZX_DEFAULT_EVENT_RIGHTS ((zx_rights_t)0xd003u)
#define ZX_DEFAULT_PORT_RIGHTS ((zx_rights_t)0x800fu)
#define ZX_DEFAULT_INTERRUPT_RIGHTS ((zx_rights_t)0xd00fu)
#define ZX_DEFAULT_PCI_DEVICE_RIGHTS ((zx_rights_t)0xc00fu)
#define ZX_DEFAULT_SOCKET_RIGHTS ((zx_rights_t)0x10f0cfu)
#define ZX_DEFAULT_RESOURCE_RIGHTS ((zx_rights_t)0x800bu)
#define ZX_DEFAULT_EVENTPAIR_RIGHTS ((zx_rights_t)0xf003u)
#define ZX_DEFAULT_JOB_RIGHTS ((zx_rights_t)0x7dfcfu)
#define ZX_DEFAULT_VMAR_RIGHTS ((zx_rights_t)0x8003u)
#define ZX_DEFAULT_FIFO_RIGHTS ((zx_rights_t)0xf00fu)
#define ZX_DEFAULT_GUEST_RIGHTS ((zx_rights_t)0x2800bu)
#define ZX_DEFAULT_VCPU_RIGHTS ((zx_rights_t)0xd01fu)
#define ZX_DEFAULT_TIMER_RIGHTS ((zx_rights_t)0xd00bu)
#define ZX_DEFAULT_IOMMU_RIGHTS ((zx_rights_t)0x8003u)
#define ZX_DEFAULT_BTI_RIGHTS ((zx_rights_t)0x802fu)
#define ZX_DEFAULT_PROFILE_RIGHTS ((zx_rights_t)0x88003u)
#define ZX_DEFAULT_PMT_RIGHTS ((zx_rights_t)0x8000u)
#define ZX_DEFAULT_SUSPEND_TOKEN_RIGHTS ((zx_rights_t)0x8002u)
#define ZX_DEFAULT_PAGER_RIGHTS ((zx_rights_t)0x80c2u)
#define ZX_DEFAULT_EXCEPTION_RIGHTS ((zx_rights_t)0x80c2u)
#define ZX_DEFAULT_CLOCK_RIGHTS ((zx_rights_t)0xc00fu)
#define ZX_DEFAULT_STREAM_RIGHTS ((zx_rights_t)0xd0c3u)
#define ZX_DEFAULT_MSI_RIGHTS ((zx_rights_t)0xc003u)
#define ZX_DEFAULT_DATAPIPE_PRODUCER_RIGHTS ((zx_rights_t)0xd00eu)
#define ZX_DEFAULT_DATAPIPE_CONSUMER_RIGHTS ((zx_rights_t)0xd006u)
#define ZX_DEFAULT_WAITSET_RIGHTS ((zx_rights_t)0x800cu)

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_H

zx_status_t zx_handle_close(zx_handle_t handle);
zx_status_t _zx_handle_close(zx_handle_t handle);
zx_status_t zx_handle_close_many(const zx_handle_t* handles, size_t num_handles);
zx_status_t _zx_handle_close_many(const zx_handle_t* handles, size_t num_handles);
zx_status_t zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights, zx_handle_t* out);
zx_status_t _zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights, zx_handle_t* out);
zx_status_t zx_handle_replace(zx_handle_t handle, zx_rights_t rights, zx_handle_t* out);
zx_status_t _zx_handle_replace(zx_handle_t handle, zx_rights_t rights, zx_handle_t* out);
zx_status_t zx_object_get_child(zx_handle_t handle, uint64_t koid, zx_rights_t rights, zx_handle_t* out);
zx_status_t _zx_object_get_child(zx_handle_t handle, uint64_t koid, zx_rights_t rights, zx_handle_t* out);
zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic, void* buffer, size_t buffer_size, size_t* actual, size_t* avail);
zx_status_t _zx_object_get_info(zx_handle_t handle, uint32_t topic, void* buffer, size_t buffer_size, size_t* actual, size_t* avail);
zx_status_t zx_object_get_property(zx_handle_t handle, uint32_t property, void* value, size_t value_size);
zx_status_t _zx_object_get_property(zx_handle_t handle, uint32_t property, void* value, size_t value_size);
zx_status_t zx_object_set_profile(zx_handle_t handle, zx_handle_t profile, uint32_t options);
zx_status_t _zx_object_set_profile(zx_handle_t handle, zx_handle_t profile, uint32_t options);
zx_status_t zx_object_set_property(zx_handle_t handle, uint32_t property, const void* value, size_t value_size);
zx_status_t _zx_object_set_property(zx_handle_t handle, uint32_t property, const void* value, size_t value_size);
zx_status_t zx_object_signal(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
zx_status_t _zx_object_signal(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
zx_status_t zx_object_signal_peer(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
zx_status_t _zx_object_signal_peer(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
zx_status_t zx_object_wait_many(zx_wait_item_t* items, size_t num_items, zx_time_t deadline);
zx_status_t _zx_object_wait_many(zx_wait_item_t* items, size_t num_items, zx_time_t deadline);
zx_status_t zx_object_wait_one(zx_handle_t handle, zx_signals_t signals, zx_time_t deadline, zx_signals_t* observed);
zx_status_t _zx_object_wait_one(zx_handle_t handle, zx_signals_t signals, zx_time_t deadline, zx_signals_t* observed);
zx_status_t zx_object_wait_async(zx_handle_t handle, zx_handle_t port, uint64_t key, zx_signals_t signals, uint32_t options);
zx_status_t _zx_object_wait_async(zx_handle_t handle, zx_handle_t port, uint64_t key, zx_signals_t signals, uint32_t options);
zx_status_t zx_thread_create(zx_handle_t process, const char* name, size_t name_size, uint32_t options, zx_handle_t* out);
zx_status_t _zx_thread_create(zx_handle_t process, const char* name, size_t name_size, uint32_t options, zx_handle_t* out);
__NO_RETURN void zx_thread_exit(void);
__NO_RETURN void _zx_thread_exit(void);
zx_status_t zx_thread_legacy_yield(uint32_t options);
zx_status_t _zx_thread_legacy_yield(uint32_t options);
zx_status_t zx_thread_read_state(zx_handle_t handle, uint32_t kind, void* buffer, size_t buffer_size);
zx_status_t _zx_thread_read_state(zx_handle_t handle, uint32_t kind, void* buffer, size_t buffer_size);
zx_status_t zx_thread_start(zx_handle_t handle, zx_vaddr_t thread_entry, zx_vaddr_t stack, uintptr_t arg1, uintptr_t arg2);
zx_status_t _zx_thread_start(zx_handle_t handle, zx_vaddr_t thread_entry, zx_vaddr_t stack, uintptr_t arg1, uintptr_t arg2);
zx_status_t zx_thread_write_state(zx_handle_t handle, uint32_t kind, const void* buffer, size_t buffer_size);
zx_status_t _zx_thread_write_state(zx_handle_t handle, uint32_t kind, const void* buffer, size_t buffer_size);
zx_status_t zx_process_create(zx_handle_t job, const char* name, size_t name_size, uint32_t options, zx_handle_t* proc_handle, zx_handle_t* vmar_handle);
zx_status_t _zx_process_create(zx_handle_t job, const char* name, size_t name_size, uint32_t options, zx_handle_t* proc_handle, zx_handle_t* vmar_handle);
__NO_RETURN void zx_process_exit(int64_t retcode);
__NO_RETURN void _zx_process_exit(int64_t retcode);
zx_status_t zx_process_read_memory(zx_handle_t handle, zx_vaddr_t vaddr, void* buffer, size_t buffer_size, size_t* actual);
zx_status_t _zx_process_read_memory(zx_handle_t handle, zx_vaddr_t vaddr, void* buffer, size_t buffer_size, size_t* actual);
zx_status_t zx_process_start(zx_handle_t handle, zx_handle_t thread, zx_vaddr_t entry, zx_vaddr_t stack, zx_handle_t arg1, uintptr_t arg2);
zx_status_t _zx_process_start(zx_handle_t handle, zx_handle_t thread, zx_vaddr_t entry, zx_vaddr_t stack, zx_handle_t arg1, uintptr_t arg2);
zx_status_t zx_process_write_memory(zx_handle_t handle, zx_vaddr_t vaddr, const void* buffer, size_t buffer_size, size_t* actual);
zx_status_t _zx_process_write_memory(zx_handle_t handle, zx_vaddr_t vaddr, const void* buffer, size_t buffer_size, size_t* actual);
zx_status_t zx_job_create(zx_handle_t parent_job, uint32_t options, zx_handle_t* out);
zx_status_t _zx_job_create(zx_handle_t parent_job, uint32_t options, zx_handle_t* out);
zx_status_t zx_job_set_critical(zx_handle_t job, uint32_t options, zx_handle_t process);
zx_status_t _zx_job_set_critical(zx_handle_t job, uint32_t options, zx_handle_t process);
zx_status_t zx_job_set_policy(zx_handle_t handle, uint32_t options, uint32_t topic, const void* policy, uint32_t policy_size);
zx_status_t _zx_job_set_policy(zx_handle_t handle, uint32_t options, uint32_t topic, const void* policy, uint32_t policy_size);
zx_status_t zx_task_create_exception_channel(zx_handle_t handle, uint32_t options, zx_handle_t* out);
zx_status_t _zx_task_create_exception_channel(zx_handle_t handle, uint32_t options, zx_handle_t* out);
zx_status_t zx_task_kill(zx_handle_t handle);
zx_status_t _zx_task_kill(zx_handle_t handle);
zx_status_t zx_task_suspend(zx_handle_t handle, zx_handle_t* token);
zx_status_t _zx_task_suspend(zx_handle_t handle, zx_handle_t* token);
zx_status_t zx_task_suspend_token(zx_handle_t handle, zx_handle_t* token);
zx_status_t _zx_task_suspend_token(zx_handle_t handle, zx_handle_t* token);
zx_status_t zx_profile_create(zx_handle_t root_job, uint32_t options, const zx_profile_info_t* profile, zx_handle_t* out);
zx_status_t _zx_profile_create(zx_handle_t root_job, uint32_t options, const zx_profile_info_t* profile, zx_handle_t* out);
zx_status_t zx_exception_get_thread(zx_handle_t handle, zx_handle_t* out);
zx_status_t _zx_exception_get_thread(zx_handle_t handle, zx_handle_t* out);
zx_status_t zx_exception_get_process(zx_handle_t handle, zx_handle_t* out);
zx_status_t _zx_exception_get_process(zx_handle_t handle, zx_handle_t* out);
zx_status_t zx_channel_call(zx_handle_t handle, uint32_t options, zx_time_t deadline, const zx_channel_call_args_t* args, uint32_t* actual_bytes, uint32_t* actual_handles);
zx_status_t _zx_channel_call(zx_handle_t handle, uint32_t options, zx_time_t deadline, const zx_channel_call_args_t* args, uint32_t* actual_bytes, uint32_t* actual_handles);
zx_status_t zx_channel_call_etc(zx_handle_t handle, uint32_t options, zx_time_t deadline, zx_channel_call_etc_args_t* args, uint32_t* actual_bytes, uint32_t* actual_handles);
zx_status_t _zx_channel_call_etc(zx_handle_t handle, uint32_t options, zx_time_t deadline, zx_channel_call_etc_args_t* args, uint32_t* actual_bytes, uint32_t* actual_handles);
zx_status_t zx_channel_create(uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t _zx_channel_create(uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t zx_channel_read(zx_handle_t handle, uint32_t options, void* bytes, zx_handle_t* handles, uint32_t num_bytes, uint32_t num_handles, uint32_t* actual_bytes, uint32_t* actual_handles);
zx_status_t _zx_channel_read(zx_handle_t handle, uint32_t options, void* bytes, zx_handle_t* handles, uint32_t num_bytes, uint32_t num_handles, uint32_t* actual_bytes, uint32_t* actual_handles);
zx_status_t zx_channel_read_etc(zx_handle_t handle, uint32_t options, void* bytes, zx_handle_info_t* handles, uint32_t num_bytes, uint32_t num_handles, uint32_t* actual_bytes, uint32_t* actual_handles);
zx_status_t _zx_channel_read_etc(zx_handle_t handle, uint32_t options, void* bytes, zx_handle_info_t* handles, uint32_t num_bytes, uint32_t num_handles, uint32_t* actual_bytes, uint32_t* actual_handles);
zx_status_t zx_channel_write(zx_handle_t handle, uint32_t options, const void* bytes, uint32_t num_bytes, const zx_handle_t* handles, uint32_t num_handles);
zx_status_t _zx_channel_write(zx_handle_t handle, uint32_t options, const void* bytes, uint32_t num_bytes, const zx_handle_t* handles, uint32_t num_handles);
zx_status_t zx_channel_write_etc(zx_handle_t handle, uint32_t options, const void* bytes, uint32_t num_bytes, zx_handle_disposition_t* handles, uint32_t num_handles);
zx_status_t _zx_channel_write_etc(zx_handle_t handle, uint32_t options, const void* bytes, uint32_t num_bytes, zx_handle_disposition_t* handles, uint32_t num_handles);
zx_status_t zx_socket_create(uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t _zx_socket_create(uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t zx_socket_read(zx_handle_t handle, uint32_t options, void* buffer, size_t buffer_size, size_t* actual);
zx_status_t _zx_socket_read(zx_handle_t handle, uint32_t options, void* buffer, size_t buffer_size, size_t* actual);
zx_status_t zx_socket_set_disposition(zx_handle_t handle, uint32_t disposition, uint32_t disposition_peer);
zx_status_t _zx_socket_set_disposition(zx_handle_t handle, uint32_t disposition, uint32_t disposition_peer);
zx_status_t zx_socket_shutdown(zx_handle_t handle, uint32_t options);
zx_status_t _zx_socket_shutdown(zx_handle_t handle, uint32_t options);
zx_status_t zx_socket_write(zx_handle_t handle, uint32_t options, const void* buffer, size_t buffer_size, size_t* actual);
zx_status_t _zx_socket_write(zx_handle_t handle, uint32_t options, const void* buffer, size_t buffer_size, size_t* actual);
zx_status_t zx_stream_create(uint32_t options, zx_handle_t vmo, zx_off_t seek, zx_handle_t* out_stream);
zx_status_t _zx_stream_create(uint32_t options, zx_handle_t vmo, zx_off_t seek, zx_handle_t* out_stream);
zx_status_t zx_stream_readv(zx_handle_t handle, uint32_t options, zx_iovec_t* vector, size_t num_vector, size_t* actual);
zx_status_t _zx_stream_readv(zx_handle_t handle, uint32_t options, zx_iovec_t* vector, size_t num_vector, size_t* actual);
zx_status_t zx_stream_readv_at(zx_handle_t handle, uint32_t options, zx_off_t offset, zx_iovec_t* vector, size_t num_vector, size_t* actual);
zx_status_t _zx_stream_readv_at(zx_handle_t handle, uint32_t options, zx_off_t offset, zx_iovec_t* vector, size_t num_vector, size_t* actual);
zx_status_t zx_stream_writev(zx_handle_t handle, uint32_t options, const zx_iovec_t* vector, size_t num_vector, size_t* actual);
zx_status_t _zx_stream_writev(zx_handle_t handle, uint32_t options, const zx_iovec_t* vector, size_t num_vector, size_t* actual);
zx_status_t zx_stream_writev_at(zx_handle_t handle, uint32_t options, zx_off_t offset, const zx_iovec_t* vector, size_t num_vector, size_t* actual);
zx_status_t _zx_stream_writev_at(zx_handle_t handle, uint32_t options, zx_off_t offset, const zx_iovec_t* vector, size_t num_vector, size_t* actual);
zx_status_t zx_stream_seek(zx_handle_t handle, zx_stream_seek_origin_t whence, int64_t offset, zx_off_t* out_seek);
zx_status_t _zx_stream_seek(zx_handle_t handle, zx_stream_seek_origin_t whence, int64_t offset, zx_off_t* out_seek);
zx_status_t zx_fifo_create(size_t elem_count, size_t elem_size, uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t _zx_fifo_create(size_t elem_count, size_t elem_size, uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t zx_fifo_read(zx_handle_t handle, size_t elem_size, void* data, size_t count, size_t* actual_count);
zx_status_t _zx_fifo_read(zx_handle_t handle, size_t elem_size, void* data, size_t count, size_t* actual_count);
zx_status_t zx_fifo_write(zx_handle_t handle, size_t elem_size, const void* data, size_t count, size_t* actual_count);
zx_status_t _zx_fifo_write(zx_handle_t handle, size_t elem_size, const void* data, size_t count, size_t* actual_count);
zx_status_t zx_event_create(uint32_t options, zx_handle_t* out);
zx_status_t _zx_event_create(uint32_t options, zx_handle_t* out);
zx_status_t zx_eventpair_create(uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t _zx_eventpair_create(uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t zx_system_get_event(zx_handle_t root_job, zx_system_event_type_t kind, zx_handle_t* event);
zx_status_t _zx_system_get_event(zx_handle_t root_job, zx_system_event_type_t kind, zx_handle_t* event);
zx_status_t zx_port_create(uint32_t options, zx_handle_t* out);
zx_status_t _zx_port_create(uint32_t options, zx_handle_t* out);
zx_status_t zx_port_queue(zx_handle_t handle, const zx_port_packet_t* packet);
zx_status_t _zx_port_queue(zx_handle_t handle, const zx_port_packet_t* packet);
zx_status_t zx_port_wait(zx_handle_t handle, zx_time_t deadline, zx_port_packet_t* packet);
zx_status_t _zx_port_wait(zx_handle_t handle, zx_time_t deadline, zx_port_packet_t* packet);
zx_status_t zx_port_cancel(zx_handle_t handle, zx_handle_t source, uint64_t key);
zx_status_t _zx_port_cancel(zx_handle_t handle, zx_handle_t source, uint64_t key);
zx_status_t zx_futex_wait(const zx_futex_t* value_ptr, zx_futex_t current_value, zx_handle_t new_futex_owner, zx_time_t deadline);
zx_status_t _zx_futex_wait(const zx_futex_t* value_ptr, zx_futex_t current_value, zx_handle_t new_futex_owner, zx_time_t deadline);
zx_status_t zx_futex_wake(const zx_futex_t* value_ptr, uint32_t wake_count);
zx_status_t _zx_futex_wake(const zx_futex_t* value_ptr, uint32_t wake_count);
zx_status_t zx_futex_requeue(const zx_futex_t* value_ptr, uint32_t wake_count, zx_futex_t current_value, const zx_futex_t* requeue_ptr, uint32_t requeue_count, zx_handle_t new_requeue_owner);
zx_status_t _zx_futex_requeue(const zx_futex_t* value_ptr, uint32_t wake_count, zx_futex_t current_value, const zx_futex_t* requeue_ptr, uint32_t requeue_count, zx_handle_t new_requeue_owner);
zx_status_t zx_futex_wake_single_owner(const zx_futex_t* value_ptr);
zx_status_t _zx_futex_wake_single_owner(const zx_futex_t* value_ptr);
zx_status_t zx_futex_requeue_single_owner(const zx_futex_t* value_ptr, zx_futex_t current_value, const zx_futex_t* requeue_ptr, uint32_t requeue_count, zx_handle_t new_requeue_owner);
zx_status_t _zx_futex_requeue_single_owner(const zx_futex_t* value_ptr, zx_futex_t current_value, const zx_futex_t* requeue_ptr, uint32_t requeue_count, zx_handle_t new_requeue_owner);
zx_status_t zx_futex_get_owner(const zx_futex_t* value_ptr, zx_koid_t* koid);
zx_status_t _zx_futex_get_owner(const zx_futex_t* value_ptr, zx_koid_t* koid);
zx_status_t zx_vmo_create(uint64_t size, uint32_t options, zx_handle_t* out);
zx_status_t _zx_vmo_create(uint64_t size, uint32_t options, zx_handle_t* out);
zx_status_t zx_vmo_read(zx_handle_t handle, void* buffer, uint64_t offset, size_t buffer_size);
zx_status_t _zx_vmo_read(zx_handle_t handle, void* buffer, uint64_t offset, size_t buffer_size);
zx_status_t zx_vmo_write(zx_handle_t handle, const void* buffer, uint64_t offset, size_t buffer_size);
zx_status_t _zx_vmo_write(zx_handle_t handle, const void* buffer, uint64_t offset, size_t buffer_size);
zx_status_t zx_vmo_create_child(zx_handle_t handle, uint32_t options, uint64_t offset, uint64_t size, zx_handle_t* out);
zx_status_t _zx_vmo_create_child(zx_handle_t handle, uint32_t options, uint64_t offset, uint64_t size, zx_handle_t* out);
zx_status_t zx_vmo_get_size(zx_handle_t handle, uint64_t* size);
zx_status_t _zx_vmo_get_size(zx_handle_t handle, uint64_t* size);
zx_status_t zx_vmo_set_size(zx_handle_t handle, uint64_t size);
zx_status_t _zx_vmo_set_size(zx_handle_t handle, uint64_t size);
zx_status_t zx_vmo_op_range(zx_handle_t handle, uint32_t op, uint64_t offset, uint64_t size, void* buffer, size_t buffer_size);
zx_status_t _zx_vmo_op_range(zx_handle_t handle, uint32_t op, uint64_t offset, uint64_t size, void* buffer, size_t buffer_size);
zx_status_t zx_vmo_replace_as_executable(zx_handle_t handle, zx_handle_t vmex, zx_handle_t* out);
zx_status_t _zx_vmo_replace_as_executable(zx_handle_t handle, zx_handle_t vmex, zx_handle_t* out);
zx_status_t zx_vmo_create_contiguous(zx_handle_t bti, size_t size, uint32_t alignment_log2, zx_handle_t* out);
zx_status_t _zx_vmo_create_contiguous(zx_handle_t bti, size_t size, uint32_t alignment_log2, zx_handle_t* out);
zx_status_t zx_vmo_create_physical(zx_handle_t resource, zx_paddr_t paddr, size_t size, zx_handle_t* out);
zx_status_t _zx_vmo_create_physical(zx_handle_t resource, zx_paddr_t paddr, size_t size, zx_handle_t* out);
zx_status_t zx_vmo_set_cache_policy(zx_handle_t handle, uint32_t cache_policy);
zx_status_t _zx_vmo_set_cache_policy(zx_handle_t handle, uint32_t cache_policy);
zx_status_t zx_vmar_allocate(zx_handle_t parent_vmar, zx_vm_option_t options, size_t offset, size_t size, zx_handle_t* child_vmar, zx_vaddr_t* child_addr);
zx_status_t _zx_vmar_allocate(zx_handle_t parent_vmar, zx_vm_option_t options, size_t offset, size_t size, zx_handle_t* child_vmar, zx_vaddr_t* child_addr);
zx_status_t zx_vmar_map(zx_handle_t handle, zx_vm_option_t options, size_t vmar_offset, zx_handle_t vmo, uint64_t vmo_offset, size_t len, zx_vaddr_t* mapped_addr);
zx_status_t _zx_vmar_map(zx_handle_t handle, zx_vm_option_t options, size_t vmar_offset, zx_handle_t vmo, uint64_t vmo_offset, size_t len, zx_vaddr_t* mapped_addr);
zx_status_t zx_vmar_unmap(zx_handle_t handle, zx_vaddr_t addr, size_t len);
zx_status_t _zx_vmar_unmap(zx_handle_t handle, zx_vaddr_t addr, size_t len);
zx_status_t zx_vmar_protect(zx_handle_t handle, zx_vm_option_t options, zx_vaddr_t addr, size_t len);
zx_status_t _zx_vmar_protect(zx_handle_t handle, zx_vm_option_t options, zx_vaddr_t addr, size_t len);
zx_status_t zx_vmar_op_range(zx_handle_t handle, uint32_t op, zx_vaddr_t address, size_t size, void* buffer, size_t buffer_size);
zx_status_t _zx_vmar_op_range(zx_handle_t handle, uint32_t op, zx_vaddr_t address, size_t size, void* buffer, size_t buffer_size);
zx_status_t zx_vmar_destroy(zx_handle_t handle);
zx_status_t _zx_vmar_destroy(zx_handle_t handle);
zx_status_t zx_pager_create(uint32_t options, zx_handle_t* out);
zx_status_t _zx_pager_create(uint32_t options, zx_handle_t* out);
zx_status_t zx_pager_create_vmo(zx_handle_t pager, uint32_t options, zx_handle_t port, uint64_t key, uint64_t size, zx_handle_t* out);
zx_status_t _zx_pager_create_vmo(zx_handle_t pager, uint32_t options, zx_handle_t port, uint64_t key, uint64_t size, zx_handle_t* out);
zx_status_t zx_pager_detach_vmo(zx_handle_t pager, zx_handle_t vmo);
zx_status_t _zx_pager_detach_vmo(zx_handle_t pager, zx_handle_t vmo);
zx_status_t zx_pager_supply_pages(zx_handle_t pager, zx_handle_t pager_vmo, uint64_t offset, uint64_t length, zx_handle_t aux_vmo, uint64_t aux_offset);
zx_status_t _zx_pager_supply_pages(zx_handle_t pager, zx_handle_t pager_vmo, uint64_t offset, uint64_t length, zx_handle_t aux_vmo, uint64_t aux_offset);
zx_status_t zx_pager_op_range(zx_handle_t pager, uint32_t op, zx_handle_t pager_vmo, uint64_t offset, uint64_t length, uint64_t data);
zx_status_t _zx_pager_op_range(zx_handle_t pager, uint32_t op, zx_handle_t pager_vmo, uint64_t offset, uint64_t length, uint64_t data);
zx_status_t zx_cprng_add_entropy(const void* buffer, size_t buffer_size);
zx_status_t _zx_cprng_add_entropy(const void* buffer, size_t buffer_size);
void zx_cprng_draw(void* buffer, size_t buffer_size);
void _zx_cprng_draw(void* buffer, size_t buffer_size);
zx_status_t zx_nanosleep(zx_time_t deadline);
zx_status_t _zx_nanosleep(zx_time_t deadline);
zx_time_t zx_clock_get_monotonic(void);
zx_time_t _zx_clock_get_monotonic(void);
zx_ticks_t zx_ticks_get(void);
zx_ticks_t _zx_ticks_get(void);
zx_ticks_t zx_ticks_per_second(void);
zx_ticks_t _zx_ticks_per_second(void);
zx_time_t zx_deadline_after(zx_duration_t nanoseconds);
zx_time_t _zx_deadline_after(zx_duration_t nanoseconds);
zx_status_t zx_clock_create(uint64_t options, const void* args, zx_handle_t* out);
zx_status_t _zx_clock_create(uint64_t options, const void* args, zx_handle_t* out);
zx_status_t zx_clock_read(zx_handle_t handle, zx_time_t* now);
zx_status_t _zx_clock_read(zx_handle_t handle, zx_time_t* now);
zx_status_t zx_clock_get_details(zx_handle_t handle, uint64_t options, void* details);
zx_status_t _zx_clock_get_details(zx_handle_t handle, uint64_t options, void* details);
zx_status_t zx_clock_update(zx_handle_t handle, uint64_t options, const void* args);
zx_status_t _zx_clock_update(zx_handle_t handle, uint64_t options, const void* args);
zx_status_t zx_timer_create(uint32_t options, zx_clock_t clock_id, zx_handle_t* out);
zx_status_t _zx_timer_create(uint32_t options, zx_clock_t clock_id, zx_handle_t* out);
zx_status_t zx_timer_set(zx_handle_t handle, zx_time_t deadline, zx_duration_t slack);
zx_status_t _zx_timer_set(zx_handle_t handle, zx_time_t deadline, zx_duration_t slack);
zx_status_t zx_timer_cancel(zx_handle_t handle);
zx_status_t _zx_timer_cancel(zx_handle_t handle);
zx_status_t zx_guest_create(zx_handle_t resource, uint32_t options, zx_handle_t* guest_handle, zx_handle_t* vmar_handle);
zx_status_t _zx_guest_create(zx_handle_t resource, uint32_t options, zx_handle_t* guest_handle, zx_handle_t* vmar_handle);
zx_status_t zx_guest_set_trap(zx_handle_t handle, uint32_t kind, zx_vaddr_t addr, size_t size, zx_handle_t port_handle, uint64_t key);
zx_status_t _zx_guest_set_trap(zx_handle_t handle, uint32_t kind, zx_vaddr_t addr, size_t size, zx_handle_t port_handle, uint64_t key);
zx_status_t zx_vcpu_create(zx_handle_t guest, uint32_t options, zx_vaddr_t entry, zx_handle_t* out);
zx_status_t _zx_vcpu_create(zx_handle_t guest, uint32_t options, zx_vaddr_t entry, zx_handle_t* out);
zx_status_t zx_vcpu_enter(zx_handle_t handle, zx_port_packet_t* packet);
zx_status_t _zx_vcpu_enter(zx_handle_t handle, zx_port_packet_t* packet);
zx_status_t zx_vcpu_kick(zx_handle_t handle);
zx_status_t _zx_vcpu_kick(zx_handle_t handle);
zx_status_t zx_vcpu_interrupt(zx_handle_t handle, uint32_t vector);
zx_status_t _zx_vcpu_interrupt(zx_handle_t handle, uint32_t vector);
zx_status_t zx_vcpu_read_state(zx_handle_t handle, uint32_t kind, void* buffer, size_t buffer_size);
zx_status_t _zx_vcpu_read_state(zx_handle_t handle, uint32_t kind, void* buffer, size_t buffer_size);
zx_status_t zx_vcpu_write_state(zx_handle_t handle, uint32_t kind, const void* buffer, size_t buffer_size);
zx_status_t _zx_vcpu_write_state(zx_handle_t handle, uint32_t kind, const void* buffer, size_t buffer_size);
zx_status_t zx_interrupt_bind_vcpu(zx_handle_t handle, zx_handle_t vcpu, uint32_t options);
zx_status_t _zx_interrupt_bind_vcpu(zx_handle_t handle, zx_handle_t vcpu, uint32_t options);
uint32_t zx_system_get_dcache_line_size(void);
uint32_t _zx_system_get_dcache_line_size(void);
zx_status_t zx_system_get_features(uint32_t kind, uint32_t* features);
zx_status_t _zx_system_get_features(uint32_t kind, uint32_t* features);
uint32_t zx_system_get_num_cpus(void);
uint32_t _zx_system_get_num_cpus(void);
uint32_t zx_system_get_page_size(void);
uint32_t _zx_system_get_page_size(void);
uint64_t zx_system_get_physmem(void);
uint64_t _zx_system_get_physmem(void);
zx_string_view_t zx_system_get_version_string(void);
zx_string_view_t _zx_system_get_version_string(void);
zx_status_t zx_system_mexec(zx_handle_t resource, zx_handle_t kernel_vmo, zx_handle_t bootimage_vmo);
zx_status_t _zx_system_mexec(zx_handle_t resource, zx_handle_t kernel_vmo, zx_handle_t bootimage_vmo);
zx_status_t zx_system_mexec_payload_get(zx_handle_t resource, void* buffer, size_t buffer_size);
zx_status_t _zx_system_mexec_payload_get(zx_handle_t resource, void* buffer, size_t buffer_size);
zx_status_t zx_system_powerctl(zx_handle_t resource, uint32_t cmd, const zx_system_powerctl_arg_t* arg);
zx_status_t _zx_system_powerctl(zx_handle_t resource, uint32_t cmd, const zx_system_powerctl_arg_t* arg);
zx_status_t zx_system_get_performance_info(zx_handle_t resource, uint32_t topic, size_t count, void* info, size_t* output_count);
zx_status_t _zx_system_get_performance_info(zx_handle_t resource, uint32_t topic, size_t count, void* info, size_t* output_count);
zx_status_t zx_system_set_performance_info(zx_handle_t resource, uint32_t topic, const void* info, size_t count);
zx_status_t _zx_system_set_performance_info(zx_handle_t resource, uint32_t topic, const void* info, size_t count);
zx_status_t zx_debuglog_create(zx_handle_t resource, uint32_t options, zx_handle_t* out);
zx_status_t _zx_debuglog_create(zx_handle_t resource, uint32_t options, zx_handle_t* out);
zx_status_t zx_debuglog_write(zx_handle_t handle, uint32_t options, const void* buffer, size_t buffer_size);
zx_status_t _zx_debuglog_write(zx_handle_t handle, uint32_t options, const void* buffer, size_t buffer_size);
zx_status_t zx_debuglog_read(zx_handle_t handle, uint32_t options, void* buffer, size_t buffer_size);
zx_status_t _zx_debuglog_read(zx_handle_t handle, uint32_t options, void* buffer, size_t buffer_size);
zx_status_t zx_debug_read(zx_handle_t handle, char* buffer, size_t buffer_size, size_t* actual);
zx_status_t _zx_debug_read(zx_handle_t handle, char* buffer, size_t buffer_size, size_t* actual);
zx_status_t zx_debug_write(const char* buffer, size_t buffer_size);
zx_status_t _zx_debug_write(const char* buffer, size_t buffer_size);
zx_status_t zx_debug_send_command(zx_handle_t resource, const char* buffer, size_t buffer_size);
zx_status_t _zx_debug_send_command(zx_handle_t resource, const char* buffer, size_t buffer_size);
zx_status_t zx_vmar_unmap_handle_close_thread_exit(zx_handle_t vmar_handle, zx_vaddr_t addr, size_t size, zx_handle_t close_handle);
zx_status_t _zx_vmar_unmap_handle_close_thread_exit(zx_handle_t vmar_handle, zx_vaddr_t addr, size_t size, zx_handle_t close_handle);
__NO_RETURN void zx_futex_wake_handle_close_thread_exit(const zx_futex_t* value_ptr, uint32_t wake_count, int32_t new_value, zx_handle_t close_handle);
__NO_RETURN void _zx_futex_wake_handle_close_thread_exit(const zx_futex_t* value_ptr, uint32_t wake_count, int32_t new_value, zx_handle_t close_handle);
zx_status_t zx_bti_create(zx_handle_t iommu, uint32_t options, uint64_t bti_id, zx_handle_t* out);
zx_status_t _zx_bti_create(zx_handle_t iommu, uint32_t options, uint64_t bti_id, zx_handle_t* out);
zx_status_t zx_bti_pin(zx_handle_t handle, uint32_t options, zx_handle_t vmo, uint64_t offset, uint64_t size, zx_paddr_t* addrs, size_t num_addrs, zx_handle_t* pmt);
zx_status_t _zx_bti_pin(zx_handle_t handle, uint32_t options, zx_handle_t vmo, uint64_t offset, uint64_t size, zx_paddr_t* addrs, size_t num_addrs, zx_handle_t* pmt);
zx_status_t zx_bti_release_quarantine(zx_handle_t handle);
zx_status_t _zx_bti_release_quarantine(zx_handle_t handle);
zx_status_t zx_cache_flush(const void* addr, size_t size, uint32_t options);
zx_status_t _zx_cache_flush(const void* addr, size_t size, uint32_t options);
zx_status_t zx_iommu_create(zx_handle_t resource, uint32_t type, const void* desc, size_t desc_size, zx_handle_t* out);
zx_status_t _zx_iommu_create(zx_handle_t resource, uint32_t type, const void* desc, size_t desc_size, zx_handle_t* out);
zx_status_t zx_pmt_unpin(zx_handle_t handle);
zx_status_t _zx_pmt_unpin(zx_handle_t handle);
zx_status_t zx_interrupt_ack(zx_handle_t handle);
zx_status_t _zx_interrupt_ack(zx_handle_t handle);
zx_status_t zx_interrupt_bind(zx_handle_t handle, zx_handle_t port_handle, uint64_t key, uint32_t options);
zx_status_t _zx_interrupt_bind(zx_handle_t handle, zx_handle_t port_handle, uint64_t key, uint32_t options);
zx_status_t zx_interrupt_create(zx_handle_t src_obj, uint32_t src_num, uint32_t options, zx_handle_t* out_handle);
zx_status_t _zx_interrupt_create(zx_handle_t src_obj, uint32_t src_num, uint32_t options, zx_handle_t* out_handle);
zx_status_t zx_interrupt_destroy(zx_handle_t handle);
zx_status_t _zx_interrupt_destroy(zx_handle_t handle);
zx_status_t zx_interrupt_trigger(zx_handle_t handle, uint32_t options, zx_time_t timestamp);
zx_status_t _zx_interrupt_trigger(zx_handle_t handle, uint32_t options, zx_time_t timestamp);
zx_status_t zx_interrupt_wait(zx_handle_t handle, zx_time_t* out_timestamp);
zx_status_t _zx_interrupt_wait(zx_handle_t handle, zx_time_t* out_timestamp);
zx_status_t zx_msi_allocate(zx_handle_t handle, uint32_t count, zx_handle_t* out_allocation);
zx_status_t _zx_msi_allocate(zx_handle_t handle, uint32_t count, zx_handle_t* out_allocation);
zx_status_t zx_msi_create(zx_handle_t handle, uint32_t options, uint32_t msi_id, zx_handle_t vmo, size_t vmo_offset, zx_handle_t* out_interrupt);
zx_status_t _zx_msi_create(zx_handle_t handle, uint32_t options, uint32_t msi_id, zx_handle_t vmo, size_t vmo_offset, zx_handle_t* out_interrupt);
zx_status_t zx_resource_create(zx_handle_t parent_rsrc, uint32_t options, uint64_t base, size_t size, const char* name, size_t name_size, zx_handle_t* resource_out);
zx_status_t _zx_resource_create(zx_handle_t parent_rsrc, uint32_t options, uint64_t base, size_t size, const char* name, size_t name_size, zx_handle_t* resource_out);
zx_status_t zx_ioports_request(zx_handle_t resource, uint16_t io_addr, uint32_t len);
zx_status_t _zx_ioports_request(zx_handle_t resource, uint16_t io_addr, uint32_t len);
zx_status_t zx_ioports_release(zx_handle_t resource, uint16_t io_addr, uint32_t len);
zx_status_t _zx_ioports_release(zx_handle_t resource, uint16_t io_addr, uint32_t len);
zx_status_t zx_smc_call(zx_handle_t handle, const zx_smc_parameters_t* parameters, zx_smc_result_t* out_smc_result);
zx_status_t _zx_smc_call(zx_handle_t handle, const zx_smc_parameters_t* parameters, zx_smc_result_t* out_smc_result);
zx_status_t zx_framebuffer_get_info(zx_handle_t resource, uint32_t* format, uint32_t* width, uint32_t* height, uint32_t* stride);
zx_status_t _zx_framebuffer_get_info(zx_handle_t resource, uint32_t* format, uint32_t* width, uint32_t* height, uint32_t* stride);
zx_status_t zx_framebuffer_set_range(zx_handle_t resource, zx_handle_t vmo, uint32_t len, uint32_t format, uint32_t width, uint32_t height, uint32_t stride);
zx_status_t _zx_framebuffer_set_range(zx_handle_t resource, zx_handle_t vmo, uint32_t len, uint32_t format, uint32_t width, uint32_t height, uint32_t stride);
zx_status_t zx_ktrace_control(zx_handle_t handle, uint32_t action, uint32_t options, void* ptr);
zx_status_t _zx_ktrace_control(zx_handle_t handle, uint32_t action, uint32_t options, void* ptr);
zx_status_t zx_ktrace_read(zx_handle_t handle, void* data, uint32_t offset, size_t data_size, size_t* actual);
zx_status_t _zx_ktrace_read(zx_handle_t handle, void* data, uint32_t offset, size_t data_size, size_t* actual);
zx_status_t zx_ktrace_write(zx_handle_t handle, uint32_t id, uint32_t arg0, uint32_t arg1);
zx_status_t _zx_ktrace_write(zx_handle_t handle, uint32_t id, uint32_t arg0, uint32_t arg1);
zx_status_t zx_mtrace_control(zx_handle_t handle, uint32_t kind, uint32_t action, uint32_t options, void* ptr, size_t ptr_size);
zx_status_t _zx_mtrace_control(zx_handle_t handle, uint32_t kind, uint32_t action, uint32_t options, void* ptr, size_t ptr_size);
zx_status_t zx_pc_firmware_tables(zx_handle_t handle, zx_paddr_t* acpi_rsdp, zx_paddr_t* smbios);
zx_status_t _zx_pc_firmware_tables(zx_handle_t handle, zx_paddr_t* acpi_rsdp, zx_paddr_t* smbios);
zx_status_t zx_pci_add_subtract_io_range(zx_handle_t handle, uint32_t mmio, uint64_t base, uint64_t len, uint32_t add);
zx_status_t _zx_pci_add_subtract_io_range(zx_handle_t handle, uint32_t mmio, uint64_t base, uint64_t len, uint32_t add);
zx_status_t zx_pci_cfg_pio_rw(zx_handle_t handle, uint8_t bus, uint8_t dev, uint8_t func, uint8_t offset, uint32_t* val, size_t width, uint32_t write);
zx_status_t _zx_pci_cfg_pio_rw(zx_handle_t handle, uint8_t bus, uint8_t dev, uint8_t func, uint8_t offset, uint32_t* val, size_t width, uint32_t write);
zx_status_t zx_pci_config_read(zx_handle_t handle, uint16_t offset, size_t width, uint32_t* out_val);
zx_status_t _zx_pci_config_read(zx_handle_t handle, uint16_t offset, size_t width, uint32_t* out_val);
zx_status_t zx_pci_config_write(zx_handle_t handle, uint16_t offset, size_t width, uint32_t val);
zx_status_t _zx_pci_config_write(zx_handle_t handle, uint16_t offset, size_t width, uint32_t val);
zx_status_t zx_pci_enable_bus_master(zx_handle_t handle, uint32_t enable);
zx_status_t _zx_pci_enable_bus_master(zx_handle_t handle, uint32_t enable);
zx_status_t zx_pci_get_bar(zx_handle_t handle, uint32_t bar_num, zx_pci_bar_t* out_bar, zx_handle_t* out_handle);
zx_status_t _zx_pci_get_bar(zx_handle_t handle, uint32_t bar_num, zx_pci_bar_t* out_bar, zx_handle_t* out_handle);
zx_status_t zx_pci_get_nth_device(zx_handle_t handle, uint32_t index, zx_pcie_device_info_t* out_info, zx_handle_t* out_handle);
zx_status_t _zx_pci_get_nth_device(zx_handle_t handle, uint32_t index, zx_pcie_device_info_t* out_info, zx_handle_t* out_handle);
zx_status_t zx_pci_init(zx_handle_t handle, const zx_pci_init_arg_t* init_buf, uint32_t len);
zx_status_t _zx_pci_init(zx_handle_t handle, const zx_pci_init_arg_t* init_buf, uint32_t len);
zx_status_t zx_pci_map_interrupt(zx_handle_t handle, int32_t which_irq, zx_handle_t* out_handle);
zx_status_t _zx_pci_map_interrupt(zx_handle_t handle, int32_t which_irq, zx_handle_t* out_handle);
zx_status_t zx_pci_query_irq_mode(zx_handle_t handle, uint32_t mode, uint32_t* out_max_irqs);
zx_status_t _zx_pci_query_irq_mode(zx_handle_t handle, uint32_t mode, uint32_t* out_max_irqs);
zx_status_t zx_pci_reset_device(zx_handle_t handle);
zx_status_t _zx_pci_reset_device(zx_handle_t handle);
zx_status_t zx_pci_set_irq_mode(zx_handle_t handle, uint32_t mode, uint32_t requested_irq_count);
zx_status_t _zx_pci_set_irq_mode(zx_handle_t handle, uint32_t mode, uint32_t requested_irq_count);

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_CLOCK_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_CLOCK_H

// Options of clocks.
#define ZX_CLOCK_ARGS_VERSION_SHIFT ((uint64_t)0x3au)
#define ZX_CLOCK_ARGS_VERSION_BITS ((uint64_t)0x6u)
#define ZX_CLOCK_ARGS_VERSION_MASK ((uint64_t)0xfc00000000000000ull)
#define ZX_CLOCK_OPT_MONOTONIC ((uint64_t)0x1u)
#define ZX_CLOCK_OPT_CONTINUOUS ((uint64_t)0x2u)
#define ZX_CLOCK_OPT_AUTO_START ((uint64_t)0x4u)
#define ZX_CLOCK_OPTS_ALL ((uint64_t)0x7u)
#define ZX_CLOCK_UPDATE_OPTION_VALUE_VALID ((uint64_t)0x1u)
#define ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID ((uint64_t)0x1u)
#define ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID ((uint64_t)0x2u)
#define ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID ((uint64_t)0x4u)
#define ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID ((uint64_t)0x8u)
#define ZX_CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID ((uint64_t)0x9u)
#define ZX_CLOCK_UPDATE_OPTIONS_ALL ((uint64_t)0xfu)
#define ZX_CLOCK_UNKNOWN_ERROR ((uint64_t)0xffffffffffffffffull)

// Bounds of a clock's rate, in parts per million.
#define ZX_CLOCK_UPDATE_MIN_RATE_ADJUST ((int32_t)-1000)
#define ZX_CLOCK_UPDATE_MAX_RATE_ADJUST ((int32_t)0x3e8u)

// So many ticks of a clock for so many of its reference.
typedef struct zx_clock_rate {
    uint32_t synthetic_ticks;
    uint32_t reference_ticks;
} zx_clock_rate_t;

// How a clock follows from its reference.
typedef struct zx_clock_transformation {
    int64_t reference_offset;
    int64_t synthetic_offset;
    zx_clock_rate_t rate;
} zx_clock_transformation_t;

// Arguments of clock_create.
typedef struct zx_clock_create_args_v1 {
    zx_time_t backstop_time;
} zx_clock_create_args_v1_t;

// What clock_get_details tells.
typedef struct zx_clock_details_v1 {
    uint64_t options;
    zx_time_t backstop_time;
    zx_clock_transformation_t ticks_to_synthetic;
    zx_clock_transformation_t mono_to_synthetic;
    uint64_t error_bound;
    zx_ticks_t query_ticks;
    zx_ticks_t last_value_update_ticks;
    zx_ticks_t last_rate_adjust_update_ticks;
    zx_ticks_t last_error_bounds_update_ticks;
    uint32_t generation_counter;
    uint8_t padding1[4];
} zx_clock_details_v1_t;

// Arguments of clock_update, first version.
typedef struct zx_clock_update_args_v1 {
    int32_t rate_adjust;
    uint8_t padding1[4];
    int64_t value;
    uint64_t error_bound;
} zx_clock_update_args_v1_t;

// Arguments of clock_update, second version.
typedef struct zx_clock_update_args_v2 {
    int32_t rate_adjust;
    uint8_t padding1[4];
    int64_t synthetic_value;
    int64_t reference_value;
    uint64_t error_bound;
} zx_clock_update_args_v2_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_DEBUG_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_DEBUG_H

// What thread_read_state and thread_write_state read and write.
#define ZX_THREAD_STATE_GENERAL_REGS ((uint32_t)0x0u)
#define ZX_THREAD_STATE_FP_REGS ((uint32_t)0x1u)
#define ZX_THREAD_STATE_VECTOR_REGS ((uint32_t)0x2u)
#define ZX_THREAD_STATE_DEBUG_REGS ((uint32_t)0x4u)
#define ZX_THREAD_STATE_SINGLE_STEP ((uint32_t)0x5u)
#define ZX_THREAD_X86_REGISTER_FS ((uint32_t)0x6u)
#define ZX_THREAD_X86_REGISTER_GS ((uint32_t)0x7u)

// THREAD_STATE_GENERAL_REGS on x86-64.
typedef struct zx_thread_state_general_regs {
    uint64_t rax;
    uint64_t rbx;
    uint64_t rcx;
    uint64_t rdx;
    uint64_t rsi;
    uint64_t rdi;
    uint64_t rbp;
    uint64_t rsp;
    uint64_t r8;
    uint64_t r9;
    uint64_t r10;
    uint64_t r11;
    uint64_t r12;
    uint64_t r13;
    uint64_t r14;
    uint64_t r15;
    uint64_t rip;
    uint64_t rflags;
    uint64_t fs_base;
    uint64_t gs_base;
} zx_thread_state_general_regs_t;

// THREAD_STATE_FP_REGS on x86-64: the x87 state, eight registers of 16 bytes.
typedef struct zx_thread_state_fp_regs {
    uint16_t fcw;
    uint16_t fsw;
    uint8_t ftw;
    uint8_t reserved;
    uint16_t fop;
    uint64_t fip;
    uint64_t fdp;
    __ALIGNED(16)
    struct {
        uint64_t low;
        uint64_t high;
    } st[8];
} zx_thread_state_fp_regs_t;

// THREAD_STATE_VECTOR_REGS on x86-64: 32 registers of 64 bytes, masks and control word.
typedef struct zx_thread_state_vector_regs {
    struct {
        uint64_t v[8];
    } zmm[32];
    uint64_t opmask[8];
    uint32_t mxcsr;
    uint8_t padding1[4];
} zx_thread_state_vector_regs_t;

// THREAD_STATE_DEBUG_REGS on x86-64.
typedef struct zx_thread_state_debug_regs {
    uint64_t dr[4];
    uint64_t dr6;
    uint64_t dr7;
} zx_thread_state_debug_regs_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_EXCEPTION_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_EXCEPTION_H

// Exceptions, and the channels that report them.
#define ZX_EXCP_GENERAL ((uint32_t)0x8u)
#define ZX_EXCP_FATAL_PAGE_FAULT ((uint32_t)0x108u)
#define ZX_EXCP_UNDEFINED_INSTRUCTION ((uint32_t)0x208u)
#define ZX_EXCP_SW_BREAKPOINT ((uint32_t)0x308u)
#define ZX_EXCP_HW_BREAKPOINT ((uint32_t)0x408u)
#define ZX_EXCP_UNALIGNED_ACCESS ((uint32_t)0x508u)
#define ZX_EXCP_SYNTH ((uint32_t)0x8000u)
#define ZX_EXCP_THREAD_STARTING ((uint32_t)0x8008u)
#define ZX_EXCP_THREAD_EXITING ((uint32_t)0x8108u)
#define ZX_EXCP_POLICY_ERROR ((uint32_t)0x8208u)
#define ZX_EXCP_PROCESS_STARTING ((uint32_t)0x8308u)
#define ZX_EXCP_USER ((uint32_t)0x8408u)
#define ZX_EXCEPTION_CHANNEL_DEBUGGER ((uint32_t)0x1u)
#define ZX_EXCEPTION_CHANNEL_TYPE_NONE ((uint32_t)0x0u)
#define ZX_EXCEPTION_CHANNEL_TYPE_DEBUGGER ((uint32_t)0x1u)
#define ZX_EXCEPTION_CHANNEL_TYPE_THREAD ((uint32_t)0x2u)
#define ZX_EXCEPTION_CHANNEL_TYPE_PROCESS ((uint32_t)0x3u)
#define ZX_EXCEPTION_CHANNEL_TYPE_JOB ((uint32_t)0x4u)
#define ZX_EXCEPTION_CHANNEL_TYPE_JOB_DEBUGGER ((uint32_t)0x5u)

// An exception's registers on x86-64.
typedef struct zx_x86_64_exc_data {
    uint64_t vector;
    uint64_t err_code;
    uint64_t cr2;
} zx_x86_64_exc_data_t;

// What the hardware says of an exception.
typedef struct zx_exception_context {
    struct {
        union {
            zx_x86_64_exc_data_t x86_64;
        } u;
    } arch;
    uint32_t synth_code;
    uint32_t synth_data;
} zx_exception_context_t;

// The head of every exception report.
typedef struct zx_exception_header {
    uint32_t size;
    zx_excp_type_t type;
} zx_exception_header_t;

// INFO_THREAD_EXCEPTION_REPORT.
typedef struct zx_exception_report {
    zx_exception_header_t header;
    zx_exception_context_t context;
} zx_exception_report_t;

// The message that comes with an exception.
typedef struct zx_exception_info {
    zx_koid_t pid;
    zx_koid_t tid;
    zx_excp_type_t type;
    uint8_t padding1[4];
} zx_exception_info_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_LOG_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_LOG_H

// Severities and flags of log records.
#define ZX_LOG_TRACE (0x10)
#define ZX_LOG_DEBUG (0x20)
#define ZX_LOG_INFO (0x30)
#define ZX_LOG_WARNING (0x40)
#define ZX_LOG_ERROR (0x50)
#define ZX_LOG_FATAL (0x60)
#define ZX_LOG_LOCAL (0x10)
#define ZX_LOG_FLAGS_MASK (0x10)
#define ZX_LOG_FLAG_READABLE (0x40000000)

// Sizes of log records.
#define ZX_LOG_RECORD_MAX ((size_t)0x100u)
#define ZX_LOG_RECORD_DATA_MAX ((size_t)0xe0u)

// The head of a log record; `datalen` bytes of text follow.
typedef struct zx_log_record {
    uint32_t sequence;
    uint16_t datalen;
    uint8_t severity;
    uint8_t flags;
    zx_time_t timestamp;
    uint64_t pid;
    uint64_t tid;
    char data[];
} zx_log_record_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_OBJECT_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_OBJECT_H

// Topics of object_get_info.
#define ZX_INFO_HANDLE_VALID ((zx_object_info_topic_t)0x1u)
#define ZX_INFO_HANDLE_BASIC ((zx_object_info_topic_t)0x2u)
#define ZX_INFO_PROCESS ((zx_object_info_topic_t)0x3u)
#define ZX_INFO_PROCESS_THREADS ((zx_object_info_topic_t)0x4u)
#define ZX_INFO_VMAR ((zx_object_info_topic_t)0x7u)
#define ZX_INFO_JOB_CHILDREN ((zx_object_info_topic_t)0x8u)
#define ZX_INFO_JOB_PROCESSES ((zx_object_info_topic_t)0x9u)
#define ZX_INFO_THREAD ((zx_object_info_topic_t)0xau)
#define ZX_INFO_THREAD_EXCEPTION_REPORT ((zx_object_info_topic_t)0xbu)
#define ZX_INFO_TASK_STATS ((zx_object_info_topic_t)0xcu)
#define ZX_INFO_PROCESS_MAPS ((zx_object_info_topic_t)0xdu)
#define ZX_INFO_PROCESS_VMOS ((zx_object_info_topic_t)0xeu)
#define ZX_INFO_THREAD_STATS ((zx_object_info_topic_t)0xfu)
#define ZX_INFO_CPU_STATS ((zx_object_info_topic_t)0x10u)
#define ZX_INFO_KMEM_STATS ((zx_object_info_topic_t)0x11u)
#define ZX_INFO_RESOURCE ((zx_object_info_topic_t)0x12u)
#define ZX_INFO_HANDLE_COUNT ((zx_object_info_topic_t)0x13u)
#define ZX_INFO_BTI ((zx_object_info_topic_t)0x14u)
#define ZX_INFO_PROCESS_HANDLE_STATS ((zx_object_info_topic_t)0x15u)
#define ZX_INFO_SOCKET ((zx_object_info_topic_t)0x16u)
#define ZX_INFO_VMO_V1 ((zx_object_info_topic_t)0x17u)
#define ZX_INFO_VMO ((zx_object_info_topic_t)0x10000017u)
#define ZX_INFO_JOB ((zx_object_info_topic_t)0x18u)
#define ZX_INFO_TIMER ((zx_object_info_topic_t)0x19u)
#define ZX_INFO_STREAM ((zx_object_info_topic_t)0x1au)
#define ZX_INFO_HANDLE_TABLE ((zx_object_info_topic_t)0x1bu)
#define ZX_INFO_MSI ((zx_object_info_topic_t)0x1cu)
#define ZX_INFO_TASK_RUNTIME_V1 ((zx_object_info_topic_t)0x1eu)
#define ZX_INFO_TASK_RUNTIME ((zx_object_info_topic_t)0x1000001eu)

// No topic of object_get_info.
#define ZX_INFO_NONE ((zx_object_info_topic_t)0x0u)

// zx_info_handle_basic_t.props.
#define ZX_OBJ_PROP_NONE ((zx_obj_props_t)0x0u)
#define ZX_OBJ_PROP_WAITABLE ((zx_obj_props_t)0x1u)

// Return codes of tasks that did not end by themselves.
#define ZX_TASK_RETCODE_SYSCALL_KILL ((int64_t)-1024)
#define ZX_TASK_RETCODE_OOM_KILL ((int64_t)-1025)
#define ZX_TASK_RETCODE_POLICY_KILL ((int64_t)-1026)
#define ZX_TASK_RETCODE_VDSO_KILL ((int64_t)-1027)
#define ZX_TASK_RETCODE_EXCEPTION_KILL ((int64_t)-1028)
#define ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL ((int64_t)-1029)

// Properties of object_get_property and object_set_property.
#define ZX_PROP_REGISTER_GS ((uint32_t)0x2u)
#define ZX_PROP_NAME ((uint32_t)0x3u)
#define ZX_PROP_REGISTER_FS ((uint32_t)0x4u)
#define ZX_PROP_PROCESS_DEBUG_ADDR ((uint32_t)0x5u)
#define ZX_PROP_PROCESS_VDSO_BASE_ADDRESS ((uint32_t)0x6u)
#define ZX_PROP_PROCESS_BREAK_ON_LOAD ((uint32_t)0x7u)
#define ZX_PROP_PROCESS_HW_TRACE_CONTEXT_ID ((uint32_t)0x8u)
#define ZX_PROP_SOCKET_RX_THRESHOLD ((uint32_t)0xcu)
#define ZX_PROP_SOCKET_TX_THRESHOLD ((uint32_t)0xdu)
#define ZX_PROP_JOB_KILL_ON_OOM ((uint32_t)0xfu)
#define ZX_PROP_EXCEPTION_STATE ((uint32_t)0x10u)
#define ZX_PROP_VMO_CONTENT_SIZE ((uint32_t)0x11u)
#define ZX_PROP_EXCEPTION_STRATEGY ((uint32_t)0x12u)
#define ZX_PROP_JOB_MEMORY_LIMIT ((uint32_t)0x48460001u)
#define ZX_PROP_JOB_HANDLE_LIMIT ((uint32_t)0x48460002u)
#define ZX_PROP_JOB_PERSONALITIES ((uint32_t)0x48460003u)

// What processes may be: bits of PROP_JOB_PERSONALITIES. A process of Magenta's may make Zircon's calls, too.
#define ZX_PERSONALITY_ZIRCON ((uint64_t)0x1u)
#define ZX_PERSONALITY_MAGENTA ((uint64_t)0x2u)

// Values of properties that mean something by themselves.
#define ZX_PROCESS_DEBUG_ADDR_BREAK_ON_SET ((uint32_t)0x1u)

// What becomes of a thread when its exception is closed.
#define ZX_EXCEPTION_STATE_TRY_NEXT ((uint32_t)0x0u)
#define ZX_EXCEPTION_STATE_HANDLED ((uint32_t)0x1u)
#define ZX_EXCEPTION_STATE_THREAD_EXIT ((uint32_t)0x2u)
#define ZX_EXCEPTION_STRATEGY_FIRST_CHANCE ((uint32_t)0x0u)
#define ZX_EXCEPTION_STRATEGY_SECOND_CHANCE ((uint32_t)0x1u)

// zx_info_thread_t.state.
#define ZX_THREAD_STATE_NEW ((zx_thread_state_t)0x0u)
#define ZX_THREAD_STATE_RUNNING ((zx_thread_state_t)0x1u)
#define ZX_THREAD_STATE_SUSPENDED ((zx_thread_state_t)0x2u)
#define ZX_THREAD_STATE_BLOCKED ((zx_thread_state_t)0x3u)
#define ZX_THREAD_STATE_DYING ((zx_thread_state_t)0x4u)
#define ZX_THREAD_STATE_DEAD ((zx_thread_state_t)0x5u)
#define ZX_THREAD_STATE_BLOCKED_EXCEPTION ((zx_thread_state_t)0x103u)
#define ZX_THREAD_STATE_BLOCKED_SLEEPING ((zx_thread_state_t)0x203u)
#define ZX_THREAD_STATE_BLOCKED_FUTEX ((zx_thread_state_t)0x303u)
#define ZX_THREAD_STATE_BLOCKED_PORT ((zx_thread_state_t)0x403u)
#define ZX_THREAD_STATE_BLOCKED_CHANNEL ((zx_thread_state_t)0x503u)
#define ZX_THREAD_STATE_BLOCKED_WAIT_ONE ((zx_thread_state_t)0x603u)
#define ZX_THREAD_STATE_BLOCKED_WAIT_MANY ((zx_thread_state_t)0x703u)
#define ZX_THREAD_STATE_BLOCKED_INTERRUPT ((zx_thread_state_t)0x803u)
#define ZX_THREAD_STATE_BLOCKED_PAGER ((zx_thread_state_t)0x903u)

// Flags in the structures of object_get_info.
#define ZX_INFO_INVALID_CPU ((uint32_t)0xffffffffu)
#define ZX_INFO_CPU_STATS_FLAG_ONLINE ((uint32_t)0x1u)
#define ZX_INFO_VMO_TYPE_PHYSICAL ((uint32_t)0x0u)
#define ZX_INFO_VMO_TYPE_PAGED ((uint32_t)0x1u)
#define ZX_INFO_VMO_RESIZABLE ((uint32_t)0x2u)
#define ZX_INFO_VMO_IS_COW_CLONE ((uint32_t)0x4u)
#define ZX_INFO_VMO_VIA_HANDLE ((uint32_t)0x8u)
#define ZX_INFO_VMO_VIA_MAPPING ((uint32_t)0x10u)
#define ZX_INFO_VMO_PAGER_BACKED ((uint32_t)0x20u)
#define ZX_INFO_VMO_CONTIGUOUS ((uint32_t)0x40u)

// zx_info_maps_t.type.
#define ZX_INFO_MAPS_TYPE_NONE ((zx_info_maps_type_t)0x0u)
#define ZX_INFO_MAPS_TYPE_ASPACE ((zx_info_maps_type_t)0x1u)
#define ZX_INFO_MAPS_TYPE_VMAR ((zx_info_maps_type_t)0x2u)
#define ZX_INFO_MAPS_TYPE_MAPPING ((zx_info_maps_type_t)0x3u)

// INFO_HANDLE_BASIC: what a handle says of itself.
typedef struct zx_info_handle_basic {
    zx_koid_t koid;
    zx_rights_t rights;
    zx_obj_type_t type;
    zx_koid_t related_koid;
    zx_obj_props_t props;
    uint8_t padding1[4];
} zx_info_handle_basic_t;

// INFO_HANDLE_TABLE: one handle of a process.
typedef struct zx_info_handle_extended {
    zx_obj_type_t type;
    zx_handle_t handle_value;
    zx_rights_t rights;
    zx_obj_props_t props;
    zx_koid_t koid;
    zx_koid_t related_koid;
    zx_koid_t peer_owner_koid;
} zx_info_handle_extended_t;

// INFO_HANDLE_COUNT: handles to an object.
typedef struct zx_info_handle_count {
    uint32_t handle_count;
} zx_info_handle_count_t;

// INFO_PROCESS_HANDLE_STATS: handles of a process by object type.
typedef struct zx_info_process_handle_stats {
    uint32_t handle_count[64];
} zx_info_process_handle_stats_t;

// INFO_PROCESS: whether a process started and ended, and how.
typedef struct zx_info_process {
    int64_t return_code;
    bool started;
    bool exited;
    bool debugger_attached;
    uint8_t padding1[5];
} zx_info_process_t;

// INFO_JOB: whether a job ended, and how.
typedef struct zx_info_job {
    int64_t return_code;
    bool exited;
    bool kill_on_oom;
    bool debugger_attached;
    uint8_t padding1[5];
} zx_info_job_t;

// INFO_TIMER: when a timer fires.
typedef struct zx_info_timer {
    uint32_t options;
    uint8_t padding1[4];
    zx_time_t deadline;
    zx_duration_t slack;
} zx_info_timer_t;

// INFO_STREAM: where a stream stands.
typedef struct zx_info_stream {
    uint32_t options;
    uint8_t padding1[4];
    zx_off_t seek;
    uint64_t content_size;
} zx_info_stream_t;

// INFO_THREAD: what a thread does, and where it may run.
typedef struct zx_info_thread {
    zx_thread_state_t state;
    uint32_t wait_exception_channel_type;
    zx_cpu_set_t cpu_affinity_mask;
} zx_info_thread_t;

// INFO_THREAD_STATS: how long a thread ran.
typedef struct zx_info_thread_stats {
    zx_duration_t total_runtime;
    uint32_t last_scheduled_cpu;
    uint8_t padding1[4];
} zx_info_thread_stats_t;

// INFO_TASK_STATS: memory of a task.
typedef struct zx_info_task_stats {
    size_t mem_mapped_bytes;
    size_t mem_private_bytes;
    size_t mem_shared_bytes;
    size_t mem_scaled_shared_bytes;
} zx_info_task_stats_t;

// INFO_TASK_RUNTIME: how long a task ran, and waited for what.
typedef struct zx_info_task_runtime {
    zx_duration_t cpu_time;
    zx_duration_t queue_time;
    zx_duration_t page_fault_time;
    zx_duration_t lock_contention_time;
} zx_info_task_runtime_t;

// INFO_TASK_RUNTIME_V1: how long a task ran, and waited for a CPU.
typedef struct zx_info_task_runtime_v1 {
    zx_duration_t cpu_time;
    zx_duration_t queue_time;
} zx_info_task_runtime_v1_t;

// INFO_VMAR: where an address region lies.
typedef struct zx_info_vmar {
    uintptr_t base;
    size_t len;
} zx_info_vmar_t;

// INFO_BTI: what a bus transaction initiator can address.
typedef struct zx_info_bti {
    uint64_t minimum_contiguity;
    uint64_t aspace_size;
    uint64_t pmo_count;
    uint64_t quarantine_count;
} zx_info_bti_t;

// INFO_SOCKET: fill of a socket's buffers.
typedef struct zx_info_socket {
    uint32_t options;
    uint8_t padding1[4];
    size_t rx_buf_max;
    size_t rx_buf_size;
    size_t rx_buf_available;
    size_t tx_buf_max;
    size_t tx_buf_size;
} zx_info_socket_t;

// The part of zx_info_maps_t that describes a mapping.
typedef struct zx_info_maps_mapping {
    zx_vm_option_t mmu_flags;
    uint8_t padding1[4];
    zx_koid_t vmo_koid;
    uint64_t vmo_offset;
    size_t committed_pages;
} zx_info_maps_mapping_t;

// INFO_PROCESS_MAPS: a node of an address space.
typedef struct zx_info_maps {
    char name[ZX_MAX_NAME_LEN];
    zx_vaddr_t base;
    size_t size;
    size_t depth;
    zx_info_maps_type_t type;
    uint8_t padding1[4];
    union {
        zx_info_maps_mapping_t mapping;
    } u;
} zx_info_maps_t;

// INFO_VMO and INFO_PROCESS_VMOS: what a VMO is and holds, and what the kernel needs for that.
typedef struct zx_info_vmo {
    zx_koid_t koid;
    char name[32];
    uint64_t size_bytes;
    zx_koid_t parent_koid;
    size_t num_children;
    size_t num_mappings;
    size_t share_count;
    uint32_t flags;
    uint8_t padding1[4];
    uint64_t committed_bytes;
    zx_rights_t handle_rights;
    uint32_t cache_policy;
    uint64_t metadata_bytes;
    uint64_t committed_change_events;
} zx_info_vmo_t;

// INFO_VMO_V1: what a VMO is and holds. The beginning of info_vmo.
typedef struct zx_info_vmo_v1 {
    zx_koid_t koid;
    char name[32];
    uint64_t size_bytes;
    zx_koid_t parent_koid;
    size_t num_children;
    size_t num_mappings;
    size_t share_count;
    uint32_t flags;
    uint8_t padding1[4];
    uint64_t committed_bytes;
    zx_rights_t handle_rights;
    uint32_t cache_policy;
} zx_info_vmo_v1_t;

// INFO_CPU_STATS: what a CPU has done.
typedef struct zx_info_cpu_stats {
    uint32_t cpu_number;
    uint32_t flags;
    zx_duration_t idle_time;
    uint64_t reschedules;
    uint64_t context_switches;
    uint64_t irq_preempts;
    uint64_t preempts;
    uint64_t yields;
    uint64_t ints;
    uint64_t timer_ints;
    uint64_t timers;
    uint64_t page_faults;
    uint64_t exceptions;
    uint64_t syscalls;
    uint64_t reschedule_ipis;
    uint64_t generic_ipis;
} zx_info_cpu_stats_t;

// INFO_KMEM_STATS: what memory is used for, in bytes.
typedef struct zx_info_kmem_stats {
    uint64_t total_bytes;
    uint64_t free_bytes;
    uint64_t wired_bytes;
    uint64_t total_heap_bytes;
    uint64_t free_heap_bytes;
    uint64_t vmo_bytes;
    uint64_t mmu_overhead_bytes;
    uint64_t ipc_bytes;
    uint64_t other_bytes;
} zx_info_kmem_stats_t;

// INFO_RESOURCE: what a resource covers.
typedef struct zx_info_resource {
    uint32_t kind;
    uint32_t flags;
    uint64_t base;
    size_t size;
    char name[32];
} zx_info_resource_t;

// INFO_MSI: a block of message-signalled interrupts.
typedef struct zx_info_msi {
    uint64_t target_addr;
    uint32_t target_data;
    uint32_t base_irq_id;
    uint32_t num_irq;
    uint32_t interrupt_count;
} zx_info_msi_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_POLICY_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_POLICY_H

// Job policies: how to set them, what they are about, what they do.
#define ZX_JOB_POL_RELATIVE ((uint32_t)0x0u)
#define ZX_JOB_POL_ABSOLUTE ((uint32_t)0x1u)
#define ZX_JOB_POL_BASIC ((uint32_t)0x0u)
#define ZX_JOB_POL_TIMER_SLACK ((uint32_t)0x1u)
#define ZX_JOB_POL_BASIC_V1 ((uint32_t)0x0u)
#define ZX_JOB_POL_BASIC_V2 ((uint32_t)0x1000000u)
#define ZX_POL_BAD_HANDLE ((uint32_t)0x0u)
#define ZX_POL_WRONG_OBJECT ((uint32_t)0x1u)
#define ZX_POL_VMAR_WX ((uint32_t)0x2u)
#define ZX_POL_NEW_ANY ((uint32_t)0x3u)
#define ZX_POL_NEW_VMO ((uint32_t)0x4u)
#define ZX_POL_NEW_CHANNEL ((uint32_t)0x5u)
#define ZX_POL_NEW_EVENT ((uint32_t)0x6u)
#define ZX_POL_NEW_EVENTPAIR ((uint32_t)0x7u)
#define ZX_POL_NEW_PORT ((uint32_t)0x8u)
#define ZX_POL_NEW_SOCKET ((uint32_t)0x9u)
#define ZX_POL_NEW_FIFO ((uint32_t)0xau)
#define ZX_POL_NEW_TIMER ((uint32_t)0xbu)
#define ZX_POL_NEW_PROCESS ((uint32_t)0xcu)
#define ZX_POL_NEW_PROFILE ((uint32_t)0xdu)
#define ZX_POL_AMBIENT_MARK_VMO_EXEC ((uint32_t)0xeu)
#define ZX_POL_NEW_PAGER ((uint32_t)0xfu)
#define ZX_POL_ACTION_ALLOW ((uint32_t)0x0u)
#define ZX_POL_ACTION_DENY ((uint32_t)0x1u)
#define ZX_POL_ACTION_ALLOW_EXCEPTION ((uint32_t)0x2u)
#define ZX_POL_ACTION_DENY_EXCEPTION ((uint32_t)0x3u)
#define ZX_POL_ACTION_KILL ((uint32_t)0x4u)
#define ZX_POL_OVERRIDE_ALLOW ((uint32_t)0x0u)
#define ZX_POL_OVERRIDE_DENY ((uint32_t)0x1u)

// One condition of JOB_POL_BASIC.
typedef struct zx_policy_basic {
    uint32_t condition;
    uint32_t policy;
} zx_policy_basic_t;

// One condition of JOB_POL_BASIC, with who may override it.
typedef struct zx_policy_basic_v2 {
    uint32_t condition;
    uint32_t action;
    uint32_t flags;
} zx_policy_basic_v2_t;

// JOB_POL_TIMER_SLACK.
typedef struct zx_policy_timer_slack {
    zx_duration_t min_slack;
    uint32_t default_mode;
    uint8_t padding1[4];
} zx_policy_timer_slack_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_PORT_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_PORT_H

// Options of ports and of object_wait_async.
#define ZX_WAIT_ASYNC_ONCE ((uint32_t)0x0u)
#define ZX_WAIT_ASYNC_TIMESTAMP ((uint32_t)0x1u)
#define ZX_WAIT_ASYNC_EDGE ((uint32_t)0x2u)
#define ZX_PORT_BIND_TO_INTERRUPT ((uint32_t)0x1u)
#define ZX_PKT_TYPE_MASK ((uint32_t)0xffu)

// Types of port packets, and of a virtual CPU's packet.
#define ZX_PKT_TYPE_USER ((uint8_t)0x0u)
#define ZX_PKT_TYPE_SIGNAL_ONE ((uint8_t)0x1u)
#define ZX_PKT_TYPE_GUEST_BELL ((uint8_t)0x3u)
#define ZX_PKT_TYPE_GUEST_MEM ((uint8_t)0x4u)
#define ZX_PKT_TYPE_GUEST_IO ((uint8_t)0x5u)
#define ZX_PKT_TYPE_GUEST_VCPU ((uint8_t)0x6u)
#define ZX_PKT_TYPE_INTERRUPT ((uint8_t)0x7u)
#define ZX_PKT_TYPE_PAGE_REQUEST ((uint8_t)0x9u)
#define ZX_PKT_GUEST_VCPU_INTERRUPT ((uint8_t)0x0u)
#define ZX_PKT_GUEST_VCPU_STARTUP ((uint8_t)0x1u)

// Commands of a pager's packet.
#define ZX_PAGER_VMO_READ ((uint16_t)0x0u)
#define ZX_PAGER_VMO_COMPLETE ((uint16_t)0x1u)
#define ZX_PAGER_VMO_DIRTY ((uint16_t)0x2u)

// The packet of object_wait_async.
typedef struct zx_packet_signal {
    zx_signals_t trigger;
    zx_signals_t observed;
    uint64_t count;
    uint64_t timestamp;
    uint64_t reserved1;
} zx_packet_signal_t;

// The packet of an interrupt.
typedef struct zx_packet_interrupt {
    zx_time_t timestamp;
    uint64_t reserved0;
    uint64_t reserved1;
    uint64_t reserved2;
} zx_packet_interrupt_t;

// The packet by which a pager is asked for pages.
typedef struct zx_packet_page_request {
    uint16_t command;
    uint16_t flags;
    uint32_t reserved0;
    uint64_t offset;
    uint64_t length;
    uint64_t reserved1;
} zx_packet_page_request_t;

// The packet of a guest's doorbell.
typedef struct zx_packet_guest_bell {
    uint64_t addr;
    uint64_t reserved0;
    uint64_t reserved1;
    uint64_t reserved2;
} zx_packet_guest_bell_t;

// The packet of a guest's access to trapped memory.
typedef struct zx_packet_guest_mem {
    uint64_t addr;
    uint8_t inst_len;
    uint8_t inst_buf[15];
    uint8_t default_operand_size;
    uint8_t reserved[7];
} zx_packet_guest_mem_t;

// The packet of a guest's access to a trapped port.
typedef struct zx_packet_guest_io {
    uint16_t port;
    uint8_t access_size;
    bool input;
    union {
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        uint8_t data[4];
    };
    uint64_t reserved0;
    uint64_t reserved1;
    uint64_t reserved2;
} zx_packet_guest_io_t;

// The packet of a virtual CPU: an interrupt it sends, or another it starts.
typedef struct zx_packet_guest_vcpu {
    union {
        struct {
            uint64_t mask;
            uint8_t vector;
            uint8_t padding1[7];
        } interrupt;
        struct {
            uint64_t id;
            zx_gpaddr_t entry;
        } startup;
    };
    uint8_t type;
    uint8_t padding1[7];
    uint64_t reserved;
} zx_packet_guest_vcpu_t;

// A packet of a port; `type` says what the payload is.
typedef struct zx_port_packet {
    uint64_t key;
    uint32_t type;
    zx_status_t status;
    union {
        zx_packet_user_t user;
        zx_packet_signal_t signal;
        zx_packet_guest_bell_t guest_bell;
        zx_packet_guest_mem_t guest_mem;
        zx_packet_guest_io_t guest_io;
        zx_packet_guest_vcpu_t guest_vcpu;
        zx_packet_interrupt_t interrupt;
        zx_packet_page_request_t page_request;
    };
} zx_port_packet_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_PROFILE_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_PROFILE_H

// Priorities, and which fields of a profile count.
#define ZX_PRIORITY_LOWEST (0x0)
#define ZX_PRIORITY_LOW (0x8)
#define ZX_PRIORITY_DEFAULT (0x10)
#define ZX_PRIORITY_HIGH (0x18)
#define ZX_PRIORITY_HIGHEST (0x1f)
#define ZX_PROFILE_INFO_FLAG_PRIORITY (0x1)
#define ZX_PROFILE_INFO_FLAG_CPU_MASK (0x2)
#define ZX_PROFILE_INFO_FLAG_DEADLINE (0x4)

// How threads with a profile are scheduled.
typedef struct zx_profile_info {
    uint32_t flags;
    uint8_t padding1[4];
    union {
        struct {
            int32_t priority;
            uint8_t padding2[20];
        };
        zx_sched_deadline_params_t deadline_params;
    };
    zx_cpu_set_t cpu_affinity_mask;
} zx_profile_info_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_RESOURCE_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_RESOURCE_H

// Kinds of resources.
#define ZX_RSRC_KIND_MMIO ((zx_rsrc_kind_t)0x0u)
#define ZX_RSRC_KIND_IRQ ((zx_rsrc_kind_t)0x1u)
#define ZX_RSRC_KIND_IOPORT ((zx_rsrc_kind_t)0x2u)
#define ZX_RSRC_KIND_HYPERVISOR ((zx_rsrc_kind_t)0x3u)
#define ZX_RSRC_KIND_ROOT ((zx_rsrc_kind_t)0x4u)
#define ZX_RSRC_KIND_VMEX ((zx_rsrc_kind_t)0x5u)
#define ZX_RSRC_KIND_SMC ((zx_rsrc_kind_t)0x6u)
#define ZX_RSRC_KIND_COUNT ((zx_rsrc_kind_t)0x7u)

// Flags of resources.
#define ZX_RSRC_FLAG_EXCLUSIVE ((zx_rsrc_flags_t)0x10000u)
#define ZX_RSRC_FLAGS_MASK ((zx_rsrc_flags_t)0x10000u)

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_SCHEDULER_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_SCHEDULER_H

// A thread's promise: so much work within so long, every so often.
typedef struct zx_sched_deadline_params {
    zx_duration_t capacity;
    zx_duration_t relative_deadline;
    zx_duration_t period;
} zx_sched_deadline_params_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_SYSCALLS_SYSTEM_H
#undef HAFNON_DECLARED_ZIRCON_SYSCALLS_SYSTEM_H

// Commands of system_powerctl, and topics of the performance calls.
#define ZX_SYSTEM_POWERCTL_ENABLE_ALL_CPUS ((uint32_t)0x1u)
#define ZX_SYSTEM_POWERCTL_DISABLE_ALL_CPUS_BUT_PRIMARY ((uint32_t)0x2u)
#define ZX_SYSTEM_POWERCTL_ACPI_TRANSITION_S_STATE ((uint32_t)0x3u)
#define ZX_SYSTEM_POWERCTL_X86_SET_PKG_PL1 ((uint32_t)0x4u)
#define ZX_SYSTEM_POWERCTL_REBOOT ((uint32_t)0x5u)
#define ZX_SYSTEM_POWERCTL_REBOOT_BOOTLOADER ((uint32_t)0x6u)
#define ZX_SYSTEM_POWERCTL_REBOOT_RECOVERY ((uint32_t)0x7u)
#define ZX_SYSTEM_POWERCTL_SHUTDOWN ((uint32_t)0x8u)
#define ZX_SYSTEM_POWERCTL_ACK_KERNEL_INITIATED_REBOOT ((uint32_t)0x9u)
#define ZX_CPU_PERF_SCALE ((uint32_t)0x1u)
#define ZX_CPU_DEFAULT_PERF_SCALE ((uint32_t)0x2u)

// Argument of system_powerctl.
typedef struct zx_system_powerctl_arg {
    union {
        struct {
            uint8_t target_s_state;
            uint8_t sleep_type_a;
            uint8_t sleep_type_b;
        } acpi_transition_s_state;
        struct {
            uint32_t power_limit;
            uint32_t time_window;
            uint8_t clamp;
            uint8_t enable;
            uint8_t padding2[2];
        } x86_power_limit;
    };
} zx_system_powerctl_arg_t;

// A CPU's speed as a fixed-point fraction.
typedef struct zx_cpu_performance_scale {
    uint32_t integral_part;
    uint32_t fractional_part;
} zx_cpu_performance_scale_t;

// A CPU and its speed.
typedef struct zx_cpu_performance_info {
    uint32_t logical_cpu_number;
    zx_cpu_performance_scale_t performance_scale;
} zx_cpu_performance_info_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_TESTONLY_SYSCALLS_H
#undef HAFNON_DECLARED_ZIRCON_TESTONLY_SYSCALLS_H

zx_status_t zx_syscall_test_0(void);
zx_status_t _zx_syscall_test_0(void);
zx_status_t zx_syscall_test_1(int a);
zx_status_t _zx_syscall_test_1(int a);
zx_status_t zx_syscall_test_2(int a, int b);
zx_status_t _zx_syscall_test_2(int a, int b);
zx_status_t zx_syscall_test_3(int a, int b, int c);
zx_status_t _zx_syscall_test_3(int a, int b, int c);
zx_status_t zx_syscall_test_4(int a, int b, int c, int d);
zx_status_t _zx_syscall_test_4(int a, int b, int c, int d);
zx_status_t zx_syscall_test_5(int a, int b, int c, int d, int e);
zx_status_t _zx_syscall_test_5(int a, int b, int c, int d, int e);
zx_status_t zx_syscall_test_6(int a, int b, int c, int d, int e, int f);
zx_status_t _zx_syscall_test_6(int a, int b, int c, int d, int e, int f);
zx_status_t zx_syscall_test_7(int a, int b, int c, int d, int e, int f, int g);
zx_status_t _zx_syscall_test_7(int a, int b, int c, int d, int e, int f, int g);
zx_status_t zx_syscall_test_8(int a, int b, int c, int d, int e, int f, int g, int h);
zx_status_t _zx_syscall_test_8(int a, int b, int c, int d, int e, int f, int g, int h);
zx_status_t zx_syscall_test_wrapper(int a, int b, int c);
zx_status_t _zx_syscall_test_wrapper(int a, int b, int c);
zx_status_t zx_syscall_test_handle_create(zx_status_t return_value, zx_handle_t* out);
zx_status_t _zx_syscall_test_handle_create(zx_status_t return_value, zx_handle_t* out);
int64_t zx_syscall_test_without_memory(uint32_t call, zx_vaddr_t args, size_t refused, bool lasting, zx_vaddr_t requests);
int64_t _zx_syscall_test_without_memory(uint32_t call, zx_vaddr_t args, size_t refused, bool lasting, zx_vaddr_t requests);

#endif

#ifdef HAFNON_DECLARED_ZIRCON_TIME_H
#undef HAFNON_DECLARED_ZIRCON_TIME_H

// Ends of time.
#define ZX_TIME_INFINITE INT64_MAX
#define ZX_TIME_INFINITE_PAST INT64_MIN

#endif

#ifdef HAFNON_DECLARED_ZIRCON_TYPES_H
#undef HAFNON_DECLARED_ZIRCON_TYPES_H

#define ZX_SIGNAL_NONE ((zx_signals_t)0x0u)
#define ZX_SIGNAL_HANDLE_CLOSED ((zx_signals_t)0x800000u)
#define ZX_USER_SIGNAL_ALL ((zx_signals_t)0xff000000u)
#define ZX_USER_SIGNAL_0 ((zx_signals_t)0x1000000u)
#define ZX_USER_SIGNAL_1 ((zx_signals_t)0x2000000u)
#define ZX_USER_SIGNAL_2 ((zx_signals_t)0x4000000u)
#define ZX_USER_SIGNAL_3 ((zx_signals_t)0x8000000u)
#define ZX_USER_SIGNAL_4 ((zx_signals_t)0x10000000u)
#define ZX_USER_SIGNAL_5 ((zx_signals_t)0x20000000u)
#define ZX_USER_SIGNAL_6 ((zx_signals_t)0x40000000u)
#define ZX_USER_SIGNAL_7 ((zx_signals_t)0x80000000u)
#define ZX_EVENT_SIGNALED ((zx_signals_t)0x8u)
#define ZX_EVENT_SIGNAL_MASK ((zx_signals_t)0xff000008u)
#define ZX_EVENTPAIR_SIGNALED ((zx_signals_t)0x8u)
#define ZX_EVENTPAIR_PEER_CLOSED ((zx_signals_t)0x4u)
#define ZX_EVENTPAIR_SIGNAL_MASK ((zx_signals_t)0xff00000cu)
#define ZX_CHANNEL_READABLE ((zx_signals_t)0x1u)
#define ZX_CHANNEL_WRITABLE ((zx_signals_t)0x2u)
#define ZX_CHANNEL_PEER_CLOSED ((zx_signals_t)0x4u)
#define ZX_CLOCK_STARTED ((zx_signals_t)0x10u)
#define ZX_SOCKET_READABLE ((zx_signals_t)0x1u)
#define ZX_SOCKET_WRITABLE ((zx_signals_t)0x2u)
#define ZX_SOCKET_PEER_CLOSED ((zx_signals_t)0x4u)
#define ZX_SOCKET_PEER_WRITE_DISABLED ((zx_signals_t)0x10u)
#define ZX_SOCKET_WRITE_DISABLED ((zx_signals_t)0x20u)
#define ZX_SOCKET_READ_THRESHOLD ((zx_signals_t)0x400u)
#define ZX_SOCKET_WRITE_THRESHOLD ((zx_signals_t)0x800u)
#define ZX_FIFO_READABLE ((zx_signals_t)0x1u)
#define ZX_FIFO_WRITABLE ((zx_signals_t)0x2u)
#define ZX_FIFO_PEER_CLOSED ((zx_signals_t)0x4u)
#define ZX_TASK_TERMINATED ((zx_signals_t)0x8u)
#define ZX_JOB_TERMINATED ((zx_signals_t)0x8u)
#define ZX_JOB_NO_JOBS ((zx_signals_t)0x10u)
#define ZX_JOB_NO_PROCESSES ((zx_signals_t)0x20u)
#define ZX_PROCESS_TERMINATED ((zx_signals_t)0x8u)
#define ZX_THREAD_TERMINATED ((zx_signals_t)0x8u)
#define ZX_THREAD_RUNNING ((zx_signals_t)0x10u)
#define ZX_THREAD_SUSPENDED ((zx_signals_t)0x20u)
#define ZX_LOG_READABLE ((zx_signals_t)0x1u)
#define ZX_LOG_WRITABLE ((zx_signals_t)0x2u)
#define ZX_TIMER_SIGNALED ((zx_signals_t)0x8u)
#define ZX_VMO_ZERO_CHILDREN ((zx_signals_t)0x8u)
#define ZX_INTERRUPT_SIGNALED ((zx_signals_t)0x10u)
#define ZX_DATAPIPE_READABLE ((zx_signals_t)0x1u)
#define ZX_DATAPIPE_WRITABLE ((zx_signals_t)0x2u)
#define ZX_DATAPIPE_PEER_CLOSED ((zx_signals_t)0x4u)
#define ZX_DATAPIPE_READ_THRESHOLD ((zx_signals_t)0x10u)
#define ZX_DATAPIPE_WRITE_THRESHOLD ((zx_signals_t)0x20u)

// Handle values.
#define ZX_HANDLE_INVALID ((zx_handle_t)0x0u)
#define ZX_HANDLE_FIXED_BITS_MASK ((zx_handle_t)0x3u)

// What channel_write_etc does with a handle.
#define ZX_HANDLE_OP_MOVE ((zx_handle_op_t)0x0u)
#define ZX_HANDLE_OP_DUPLICATE ((zx_handle_op_t)0x1u)

// Kernel object identifiers that mean something by themselves.
#define ZX_KOID_INVALID ((zx_koid_t)0x0u)
#define ZX_KOID_KERNEL ((zx_koid_t)0x1u)
#define ZX_KOID_FIRST ((zx_koid_t)0x400u)

// Kinds of kernel objects.
#define ZX_OBJ_TYPE_NONE ((zx_obj_type_t)0x0u)
#define ZX_OBJ_TYPE_PROCESS ((zx_obj_type_t)0x1u)
#define ZX_OBJ_TYPE_THREAD ((zx_obj_type_t)0x2u)
#define ZX_OBJ_TYPE_VMO ((zx_obj_type_t)0x3u)
#define ZX_OBJ_TYPE_CHANNEL ((zx_obj_type_t)0x4u)
#define ZX_OBJ_TYPE_EVENT ((zx_obj_type_t)0x5u)
#define ZX_OBJ_TYPE_PORT ((zx_obj_type_t)0x6u)
#define ZX_OBJ_TYPE_INTERRUPT ((zx_obj_type_t)0x9u)
#define ZX_OBJ_TYPE_PCI_DEVICE ((zx_obj_type_t)0xbu)
#define ZX_OBJ_TYPE_LOG ((zx_obj_type_t)0xcu)
#define ZX_OBJ_TYPE_DEBUGLOG ((zx_obj_type_t)0xcu)
#define ZX_OBJ_TYPE_SOCKET ((zx_obj_type_t)0xeu)
#define ZX_OBJ_TYPE_RESOURCE ((zx_obj_type_t)0xfu)
#define ZX_OBJ_TYPE_EVENTPAIR ((zx_obj_type_t)0x10u)
#define ZX_OBJ_TYPE_JOB ((zx_obj_type_t)0x11u)
#define ZX_OBJ_TYPE_VMAR ((zx_obj_type_t)0x12u)
#define ZX_OBJ_TYPE_FIFO ((zx_obj_type_t)0x13u)
#define ZX_OBJ_TYPE_GUEST ((zx_obj_type_t)0x14u)
#define ZX_OBJ_TYPE_VCPU ((zx_obj_type_t)0x15u)
#define ZX_OBJ_TYPE_TIMER ((zx_obj_type_t)0x16u)
#define ZX_OBJ_TYPE_IOMMU ((zx_obj_type_t)0x17u)
#define ZX_OBJ_TYPE_BTI ((zx_obj_type_t)0x18u)
#define ZX_OBJ_TYPE_PROFILE ((zx_obj_type_t)0x19u)
#define ZX_OBJ_TYPE_PMT ((zx_obj_type_t)0x1au)
#define ZX_OBJ_TYPE_SUSPEND_TOKEN ((zx_obj_type_t)0x1bu)
#define ZX_OBJ_TYPE_PAGER ((zx_obj_type_t)0x1cu)
#define ZX_OBJ_TYPE_EXCEPTION ((zx_obj_type_t)0x1du)
#define ZX_OBJ_TYPE_CLOCK ((zx_obj_type_t)0x1eu)
#define ZX_OBJ_TYPE_STREAM ((zx_obj_type_t)0x1fu)
#define ZX_OBJ_TYPE_MSI ((zx_obj_type_t)0x20u)
#define ZX_OBJ_TYPE_UPPER_BOUND ((zx_obj_type_t)0x40u)

// Limits that callers need to know.
#define ZX_WAIT_MANY_MAX_ITEMS ((size_t)0x40u)
#define ZX_MAX_NAME_LEN ((size_t)0x20u)
#define ZX_CPRNG_DRAW_MAX_LEN ((size_t)0x100u)
#define ZX_CPRNG_ADD_ENTROPY_MAX_LEN ((size_t)0x100u)

// Options and limits of channels.
#define ZX_CHANNEL_READ_MAY_DISCARD ((uint32_t)0x1u)
#define ZX_CHANNEL_WRITE_USE_IOVEC ((uint32_t)0x2u)
#define ZX_CHANNEL_MAX_MSG_BYTES ((uint32_t)0x10000u)
#define ZX_CHANNEL_MAX_MSG_HANDLES ((uint32_t)0x40u)
#define ZX_CHANNEL_MAX_MSG_IOVECS ((uint32_t)0x2000u)

// Limits of FIFOs.
#define ZX_FIFO_MAX_SIZE_BYTES ((size_t)0x1000u)

// Options of sockets.
#define ZX_SOCKET_STREAM ((uint32_t)0x0u)
#define ZX_SOCKET_DATAGRAM ((uint32_t)0x1u)
#define ZX_SOCKET_CREATE_MASK ((uint32_t)0x1u)
#define ZX_SOCKET_PEEK ((uint32_t)0x8u)
#define ZX_SOCKET_DISPOSITION_WRITE_DISABLED ((uint32_t)0x1u)
#define ZX_SOCKET_DISPOSITION_WRITE_ENABLED ((uint32_t)0x2u)
#define ZX_SOCKET_SHUTDOWN_WRITE ((uint32_t)0x1u)
#define ZX_SOCKET_SHUTDOWN_READ ((uint32_t)0x2u)
#define ZX_SOCKET_SHUTDOWN_MASK ((uint32_t)0x3u)

// Options of streams.
#define ZX_STREAM_MODE_READ ((uint32_t)0x1u)
#define ZX_STREAM_MODE_WRITE ((uint32_t)0x2u)
#define ZX_STREAM_MODE_APPEND ((uint32_t)0x4u)
#define ZX_STREAM_CREATE_MASK ((uint32_t)0x7u)
#define ZX_STREAM_APPEND ((uint32_t)0x1u)

// Where stream_seek counts from.
#define ZX_STREAM_SEEK_ORIGIN_START ((zx_stream_seek_origin_t)0x0u)
#define ZX_STREAM_SEEK_ORIGIN_CURRENT ((zx_stream_seek_origin_t)0x1u)
#define ZX_STREAM_SEEK_ORIGIN_END ((zx_stream_seek_origin_t)0x2u)

// Clocks that timers run on.
#define ZX_CLOCK_MONOTONIC ((zx_clock_t)0x0u)
#define ZX_CLOCK_UTC ((zx_clock_t)0x1u)
#define ZX_CLOCK_THREAD ((zx_clock_t)0x2u)

// How a timer may use its slack.
#define ZX_TIMER_SLACK_CENTER ((uint32_t)0x0u)
#define ZX_TIMER_SLACK_EARLY ((uint32_t)0x1u)
#define ZX_TIMER_SLACK_LATE ((uint32_t)0x2u)

// Options of vmo_create, vmo_create_child and vmo_op_range.
#define ZX_VMO_RESIZABLE ((uint32_t)0x2u)
#define ZX_VMO_DISCARDABLE ((uint32_t)0x4u)
#define ZX_VMO_OP_COMMIT ((uint32_t)0x1u)
#define ZX_VMO_OP_DECOMMIT ((uint32_t)0x2u)
#define ZX_VMO_OP_LOCK ((uint32_t)0x3u)
#define ZX_VMO_OP_UNLOCK ((uint32_t)0x4u)
#define ZX_VMO_OP_CACHE_SYNC ((uint32_t)0x6u)
#define ZX_VMO_OP_CACHE_INVALIDATE ((uint32_t)0x7u)
#define ZX_VMO_OP_CACHE_CLEAN ((uint32_t)0x8u)
#define ZX_VMO_OP_CACHE_CLEAN_INVALIDATE ((uint32_t)0x9u)
#define ZX_VMO_OP_ZERO ((uint32_t)0xau)
#define ZX_VMO_OP_TRY_LOCK ((uint32_t)0xbu)
#define ZX_VMO_OP_DONT_NEED ((uint32_t)0xcu)
#define ZX_VMO_OP_ALWAYS_NEED ((uint32_t)0xdu)
#define ZX_VMO_CHILD_SNAPSHOT ((uint32_t)0x1u)
#define ZX_VMO_CHILD_RESIZABLE ((uint32_t)0x4u)
#define ZX_VMO_CHILD_SLICE ((uint32_t)0x8u)
#define ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE ((uint32_t)0x10u)
#define ZX_VMO_CHILD_NO_WRITE ((uint32_t)0x20u)

// Operations of vmar_op_range.
#define ZX_VMAR_OP_COMMIT ((uint32_t)0x1u)
#define ZX_VMAR_OP_DECOMMIT ((uint32_t)0x2u)
#define ZX_VMAR_OP_MAP_RANGE ((uint32_t)0x3u)
#define ZX_VMAR_OP_DONT_NEED ((uint32_t)0xcu)
#define ZX_VMAR_OP_ALWAYS_NEED ((uint32_t)0xdu)

// Operations of pager_op_range.
#define ZX_PAGER_OP_FAIL ((uint32_t)0x1u)
#define ZX_PAGER_OP_DIRTY ((uint32_t)0x2u)
#define ZX_PAGER_OP_WRITEBACK_BEGIN ((uint32_t)0x3u)
#define ZX_PAGER_OP_WRITEBACK_END ((uint32_t)0x4u)

// Options of the calls on address regions.
#define ZX_VM_PERM_READ ((zx_vm_option_t)0x1u)
#define ZX_VM_PERM_WRITE ((zx_vm_option_t)0x2u)
#define ZX_VM_PERM_EXECUTE ((zx_vm_option_t)0x4u)
#define ZX_VM_COMPACT ((zx_vm_option_t)0x8u)
#define ZX_VM_SPECIFIC ((zx_vm_option_t)0x10u)
#define ZX_VM_SPECIFIC_OVERWRITE ((zx_vm_option_t)0x20u)
#define ZX_VM_CAN_MAP_SPECIFIC ((zx_vm_option_t)0x40u)
#define ZX_VM_CAN_MAP_READ ((zx_vm_option_t)0x80u)
#define ZX_VM_CAN_MAP_WRITE ((zx_vm_option_t)0x100u)
#define ZX_VM_CAN_MAP_EXECUTE ((zx_vm_option_t)0x200u)
#define ZX_VM_MAP_RANGE ((zx_vm_option_t)0x400u)
#define ZX_VM_REQUIRE_NON_RESIZABLE ((zx_vm_option_t)0x800u)
#define ZX_VM_ALLOW_FAULTS ((zx_vm_option_t)0x1000u)
#define ZX_VM_OFFSET_IS_UPPER_LIMIT ((zx_vm_option_t)0x2000u)
#define ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED ((zx_vm_option_t)0x4000u)
#define ZX_VM_ALIGN_1KB ((zx_vm_option_t)0xa000000u)
#define ZX_VM_ALIGN_2KB ((zx_vm_option_t)0xb000000u)
#define ZX_VM_ALIGN_4KB ((zx_vm_option_t)0xc000000u)
#define ZX_VM_ALIGN_8KB ((zx_vm_option_t)0xd000000u)
#define ZX_VM_ALIGN_16KB ((zx_vm_option_t)0xe000000u)
#define ZX_VM_ALIGN_32KB ((zx_vm_option_t)0xf000000u)
#define ZX_VM_ALIGN_64KB ((zx_vm_option_t)0x10000000u)
#define ZX_VM_ALIGN_128KB ((zx_vm_option_t)0x11000000u)
#define ZX_VM_ALIGN_256KB ((zx_vm_option_t)0x12000000u)
#define ZX_VM_ALIGN_512KB ((zx_vm_option_t)0x13000000u)
#define ZX_VM_ALIGN_1MB ((zx_vm_option_t)0x14000000u)
#define ZX_VM_ALIGN_2MB ((zx_vm_option_t)0x15000000u)
#define ZX_VM_ALIGN_4MB ((zx_vm_option_t)0x16000000u)
#define ZX_VM_ALIGN_8MB ((zx_vm_option_t)0x17000000u)
#define ZX_VM_ALIGN_16MB ((zx_vm_option_t)0x18000000u)
#define ZX_VM_ALIGN_32MB ((zx_vm_option_t)0x19000000u)
#define ZX_VM_ALIGN_64MB ((zx_vm_option_t)0x1a000000u)
#define ZX_VM_ALIGN_128MB ((zx_vm_option_t)0x1b000000u)
#define ZX_VM_ALIGN_256MB ((zx_vm_option_t)0x1c000000u)
#define ZX_VM_ALIGN_512MB ((zx_vm_option_t)0x1d000000u)
#define ZX_VM_ALIGN_1GB ((zx_vm_option_t)0x1e000000u)
#define ZX_VM_ALIGN_2GB ((zx_vm_option_t)0x1f000000u)
#define ZX_VM_ALIGN_4GB ((zx_vm_option_t)0x20000000u)

// Where the alignment, a power of two, sits in the options of an address region.
#define ZX_VM_ALIGN_BASE (0x18)

// Caching policies, and what cache_flush flushes.
#define ZX_CACHE_POLICY_CACHED ((uint32_t)0x0u)
#define ZX_CACHE_POLICY_UNCACHED ((uint32_t)0x1u)
#define ZX_CACHE_POLICY_UNCACHED_DEVICE ((uint32_t)0x2u)
#define ZX_CACHE_POLICY_WRITE_COMBINING ((uint32_t)0x3u)
#define ZX_CACHE_POLICY_MASK ((uint32_t)0x3u)
#define ZX_CACHE_FLUSH_INSN ((uint32_t)0x1u)
#define ZX_CACHE_FLUSH_DATA ((uint32_t)0x2u)
#define ZX_CACHE_FLUSH_INVALIDATE ((uint32_t)0x4u)

// Options of interrupts.
#define ZX_INTERRUPT_REMAP_IRQ ((uint32_t)0x1u)
#define ZX_INTERRUPT_MODE_DEFAULT ((uint32_t)0x0u)
#define ZX_INTERRUPT_MODE_EDGE_LOW ((uint32_t)0x2u)
#define ZX_INTERRUPT_MODE_EDGE_HIGH ((uint32_t)0x4u)
#define ZX_INTERRUPT_MODE_LEVEL_LOW ((uint32_t)0x6u)
#define ZX_INTERRUPT_MODE_LEVEL_HIGH ((uint32_t)0x8u)
#define ZX_INTERRUPT_MODE_EDGE_BOTH ((uint32_t)0xau)
#define ZX_INTERRUPT_MODE_MASK ((uint32_t)0xeu)
#define ZX_INTERRUPT_VIRTUAL ((uint32_t)0x10u)
#define ZX_INTERRUPT_BIND ((uint32_t)0x0u)
#define ZX_INTERRUPT_UNBIND ((uint32_t)0x1u)
#define ZX_INTERRUPT_SLOT_USER ((uint32_t)0x3eu)
#define ZX_INTERRUPT_MAX_SLOTS ((uint32_t)0x3eu)
#define ZX_MSI_MODE_MSI_X ((uint32_t)0x1u)
#define ZX_PCI_INTERRUPT_SLOT ((uint32_t)0x0u)

// Options of bti_pin.
#define ZX_BTI_PERM_READ ((uint32_t)0x1u)
#define ZX_BTI_PERM_WRITE ((uint32_t)0x2u)
#define ZX_BTI_PERM_EXECUTE ((uint32_t)0x4u)
#define ZX_BTI_COMPRESS ((uint32_t)0x8u)
#define ZX_BTI_CONTIGUOUS ((uint32_t)0x10u)

// Options of job_set_critical.
#define ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO ((uint32_t)0x1u)

// Events of system_get_event.
#define ZX_SYSTEM_EVENT_OUT_OF_MEMORY ((zx_system_event_type_t)0x1u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL ((zx_system_event_type_t)0x2u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_WARNING ((zx_system_event_type_t)0x3u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL ((zx_system_event_type_t)0x4u)
#define ZX_SYSTEM_EVENT_IMMINENT_OUT_OF_MEMORY ((zx_system_event_type_t)0x5u)

// Shape of a set of CPUs.
#define ZX_CPU_SET_MAX_CPUS (0x200)
#define ZX_CPU_SET_BITS_PER_WORD (0x40)

// One item of object_wait_many.
typedef struct zx_wait_item {
    zx_handle_t handle;
    zx_signals_t waitfor;
    zx_signals_t pending;
} zx_wait_item_t;

// A handle that channel_read_etc has read.
typedef struct zx_handle_info {
    zx_handle_t handle;
    zx_obj_type_t type;
    zx_rights_t rights;
    uint32_t unused;
} zx_handle_info_t;

// A handle to be written by channel_write_etc, and what became of it.
typedef struct zx_handle_disposition {
    zx_handle_op_t operation;
    zx_handle_t handle;
    zx_obj_type_t type;
    zx_rights_t rights;
    zx_status_t result;
} zx_handle_disposition_t;

// What channel_call writes, and where it puts the answer.
typedef struct zx_channel_call_args {
    const void* wr_bytes;
    const zx_handle_t* wr_handles;
    void* rd_bytes;
    zx_handle_t* rd_handles;
    uint32_t wr_num_bytes;
    uint32_t wr_num_handles;
    uint32_t rd_num_bytes;
    uint32_t rd_num_handles;
} zx_channel_call_args_t;

// What channel_call_etc writes, and where it puts the answer.
typedef struct zx_channel_call_etc_args {
    const void* wr_bytes;
    zx_handle_disposition_t* wr_handles;
    void* rd_bytes;
    zx_handle_info_t* rd_handles;
    uint32_t wr_num_bytes;
    uint32_t wr_num_handles;
    uint32_t rd_num_bytes;
    uint32_t rd_num_handles;
} zx_channel_call_etc_args_t;

// A piece of a channel message.
typedef struct zx_channel_iovec {
    const void* buffer;
    uint32_t capacity;
    uint32_t reserved;
} zx_channel_iovec_t;

// A piece of a stream's data.
typedef struct zx_iovec {
    void* buffer;
    size_t capacity;
} zx_iovec_t;

// What VMO_OP_LOCK tells: the locked range, and the part of it that was discarded before.
typedef struct zx_vmo_lock_state {
    uint64_t offset;
    uint64_t size;
    uint64_t discarded_offset;
    uint64_t discarded_size;
} zx_vmo_lock_state_t;

// A set of CPUs: CPU N is bit N % 64 of word N / 64.
typedef struct zx_cpu_set {
    uint64_t mask[8];
} zx_cpu_set_t;

#endif

#ifdef HAFNON_DECLARED_ZIRCON_ZX_SYSCALL_NUMBERS_H
#undef HAFNON_DECLARED_ZIRCON_ZX_SYSCALL_NUMBERS_H

#define ZX_SYS_handle_close 0
#define ZX_SYS_handle_close_many 1
#define ZX_SYS_handle_duplicate 2
#define ZX_SYS_handle_replace 3
#define ZX_SYS_object_get_child 4
#define ZX_SYS_object_get_info 5
#define ZX_SYS_object_get_property 6
#define ZX_SYS_object_set_profile 7
#define ZX_SYS_object_set_property 8
#define ZX_SYS_object_signal 9
#define ZX_SYS_object_signal_peer 10
#define ZX_SYS_object_wait_many 11
#define ZX_SYS_object_wait_one 12
#define ZX_SYS_object_wait_async 13
#define ZX_SYS_thread_create 14
#define ZX_SYS_thread_exit 15
#define ZX_SYS_thread_legacy_yield 16
#define ZX_SYS_thread_read_state 17
#define ZX_SYS_thread_start 18
#define ZX_SYS_thread_write_state 19
#define ZX_SYS_process_create 20
#define ZX_SYS_process_exit 21
#define ZX_SYS_process_read_memory 22
#define ZX_SYS_process_start 23
#define ZX_SYS_process_write_memory 24
#define ZX_SYS_job_create 25
#define ZX_SYS_job_set_critical 26
#define ZX_SYS_job_set_policy 27
#define ZX_SYS_task_create_exception_channel 28
#define ZX_SYS_task_kill 29
#define ZX_SYS_task_suspend 30
#define ZX_SYS_task_suspend_token 31
#define ZX_SYS_profile_create 32
#define ZX_SYS_exception_get_thread 33
#define ZX_SYS_exception_get_process 34
#define ZX_SYS_channel_call 35
#define ZX_SYS_channel_call_etc 36
#define ZX_SYS_channel_create 37
#define ZX_SYS_channel_read 38
#define ZX_SYS_channel_read_etc 39
#define ZX_SYS_channel_write 40
#define ZX_SYS_channel_write_etc 41
#define ZX_SYS_socket_create 42
#define ZX_SYS_socket_read 43
#define ZX_SYS_socket_set_disposition 44
#define ZX_SYS_socket_shutdown 45
#define ZX_SYS_socket_write 46
#define ZX_SYS_stream_create 47
#define ZX_SYS_stream_readv 48
#define ZX_SYS_stream_readv_at 49
#define ZX_SYS_stream_writev 50
#define ZX_SYS_stream_writev_at 51
#define ZX_SYS_stream_seek 52
#define ZX_SYS_fifo_create 53
#define ZX_SYS_fifo_read 54
#define ZX_SYS_fifo_write 55
#define ZX_SYS_event_create 56
#define ZX_SYS_eventpair_create 57
#define ZX_SYS_system_get_event 58
#define ZX_SYS_port_create 59
#define ZX_SYS_port_queue 60
#define ZX_SYS_port_wait 61
#define ZX_SYS_port_cancel 62
#define ZX_SYS_futex_wait 63
#define ZX_SYS_futex_wake 64
#define ZX_SYS_futex_requeue 65
#define ZX_SYS_futex_wake_single_owner 66
#define ZX_SYS_futex_requeue_single_owner 67
#define ZX_SYS_futex_get_owner 68
#define ZX_SYS_vmo_create 69
#define ZX_SYS_vmo_read 70
#define ZX_SYS_vmo_write 71
#define ZX_SYS_vmo_create_child 72
#define ZX_SYS_vmo_get_size 73
#define ZX_SYS_vmo_set_size 74
#define ZX_SYS_vmo_op_range 75
#define ZX_SYS_vmo_replace_as_executable 76
#define ZX_SYS_vmo_create_contiguous 77
#define ZX_SYS_vmo_create_physical 78
#define ZX_SYS_vmo_set_cache_policy 79
#define ZX_SYS_vmar_allocate 80
#define ZX_SYS_vmar_map 81
#define ZX_SYS_vmar_unmap 82
#define ZX_SYS_vmar_protect 83
#define ZX_SYS_vmar_op_range 84
#define ZX_SYS_vmar_destroy 85
#define ZX_SYS_pager_create 86
#define ZX_SYS_pager_create_vmo 87
#define ZX_SYS_pager_detach_vmo 88
#define ZX_SYS_pager_supply_pages 89
#define ZX_SYS_pager_op_range 90
#define ZX_SYS_cprng_add_entropy 91
#define ZX_SYS_cprng_draw 92
#define ZX_SYS_nanosleep 93
#define ZX_SYS_clock_create 94
#define ZX_SYS_clock_read 95
#define ZX_SYS_clock_get_details 96
#define ZX_SYS_clock_update 97
#define ZX_SYS_timer_create 98
#define ZX_SYS_timer_set 99
#define ZX_SYS_timer_cancel 100
#define ZX_SYS_guest_create 101
#define ZX_SYS_guest_set_trap 102
#define ZX_SYS_vcpu_create 103
#define ZX_SYS_vcpu_enter 104
#define ZX_SYS_vcpu_kick 105
#define ZX_SYS_vcpu_interrupt 106
#define ZX_SYS_vcpu_read_state 107
#define ZX_SYS_vcpu_write_state 108
#define ZX_SYS_interrupt_bind_vcpu 109
#define ZX_SYS_system_mexec 110
#define ZX_SYS_system_mexec_payload_get 111
#define ZX_SYS_system_powerctl 112
#define ZX_SYS_system_get_performance_info 113
#define ZX_SYS_system_set_performance_info 114
#define ZX_SYS_debuglog_create 115
#define ZX_SYS_debuglog_write 116
#define ZX_SYS_debuglog_read 117
#define ZX_SYS_debug_read 118
#define ZX_SYS_debug_write 119
#define ZX_SYS_debug_send_command 120
#define ZX_SYS_vmar_unmap_handle_close_thread_exit 121
#define ZX_SYS_futex_wake_handle_close_thread_exit 122
#define ZX_SYS_bti_create 123
#define ZX_SYS_bti_pin 124
#define ZX_SYS_bti_release_quarantine 125
#define ZX_SYS_cache_flush 126
#define ZX_SYS_iommu_create 127
#define ZX_SYS_pmt_unpin 128
#define ZX_SYS_interrupt_ack 129
#define ZX_SYS_interrupt_bind 130
#define ZX_SYS_interrupt_create 131
#define ZX_SYS_interrupt_destroy 132
#define ZX_SYS_interrupt_trigger 133
#define ZX_SYS_interrupt_wait 134
#define ZX_SYS_msi_allocate 135
#define ZX_SYS_msi_create 136
#define ZX_SYS_resource_create 137
#define ZX_SYS_ioports_request 138
#define ZX_SYS_ioports_release 139
#define ZX_SYS_smc_call 140
#define ZX_SYS_framebuffer_get_info 141
#define ZX_SYS_framebuffer_set_range 142
#define ZX_SYS_ktrace_control 143
#define ZX_SYS_ktrace_read 144
#define ZX_SYS_ktrace_write 145
#define ZX_SYS_mtrace_control 146
#define ZX_SYS_pc_firmware_tables 147
#define ZX_SYS_pci_add_subtract_io_range 148
#define ZX_SYS_pci_cfg_pio_rw 149
#define ZX_SYS_pci_config_read 150
#define ZX_SYS_pci_config_write 151
#define ZX_SYS_pci_enable_bus_master 152
#define ZX_SYS_pci_get_bar 153
#define ZX_SYS_pci_get_nth_device 154
#define ZX_SYS_pci_init 155
#define ZX_SYS_pci_map_interrupt 156
#define ZX_SYS_pci_query_irq_mode 157
#define ZX_SYS_pci_reset_device 158
#define ZX_SYS_pci_set_irq_mode 159
#define ZX_SYS_syscall_test_0 160
#define ZX_SYS_syscall_test_1 161
#define ZX_SYS_syscall_test_2 162
#define ZX_SYS_syscall_test_3 163
#define ZX_SYS_syscall_test_4 164
#define ZX_SYS_syscall_test_5 165
#define ZX_SYS_syscall_test_6 166
#define ZX_SYS_syscall_test_7 167
#define ZX_SYS_syscall_test_8 168
#define ZX_SYS_syscall_test_wrapper 169
#define ZX_SYS_syscall_test_handle_create 170
#define ZX_SYS_syscall_test_without_memory 171

#endif
