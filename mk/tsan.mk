# SPDX-License-Identifier: BSD-2-Clause
#
# Tests in which host threads stand for cores, under ThreadSanitizer: each
# test/*/<name>_threads_test.c. The simulated machine is watched as well.

tsan_out := $(O)/tsan/$(HOST_FORMAT)
tsan_src := $(host_lib_src) $(host_model_src)
tsan_test_src := $(wildcard test/*/*_threads_test.c)
tsan_obj = $(patsubst %.c,$(tsan_out)/%.o,$(1))
tsan_tests := $(patsubst %.c,$(tsan_out)/%,$(tsan_test_src))
tsan_lib := $(tsan_out)/libdynshm.a
tsan_san := -O1 -fno-omit-frame-pointer -fsanitize=thread \
	-DDYNSHM_FAULT_INJECTION

# Another compiler or other options make new objects.
$(tsan_out)/flags: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(HOST_CC) $(host_test_cflags) $(tsan_san)' >$@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(tsan_out)/%.o: %.c $(tsan_out)/flags | host-packages
	$(call say,TSANCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) $(host_test_cflags) $(tsan_san) -c $< -o $@

$(tsan_lib): $(call tsan_obj,$(tsan_src))
	$(Q)rm -f $@ && $(HOST_AR) rcs $@ $^

$(tsan_tests): %: %.o $(tsan_lib)
	$(call say,LINK,$@)
	$(Q)$(HOST_CC) $(tsan_san) $^ -o $@ $$(pkg-config --libs cmocka)

## check-tsan       tests with threads for cores, under ThreadSanitizer
check-tsan: $(tsan_tests)
	$(Q)scripts/tap-count.sh $(tsan_tests)

-include $(wildcard $(patsubst %.o,%.d,$(call tsan_obj,$(tsan_src) \
	$(tsan_test_src))))

.PHONY: check-tsan
.SECONDARY: $(addsuffix .o,$(tsan_tests))
