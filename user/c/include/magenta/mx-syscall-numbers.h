// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef MAGENTA_MX_SYSCALL_NUMBERS_H_
#define MAGENTA_MX_SYSCALL_NUMBERS_H_

// The numbers with which the vDSO enters the kernel. Programs call its functions instead: a SYSCALL from anywhere else,
// or with a number that does not belong to its place, ends the process.

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
