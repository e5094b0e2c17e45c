"""Expressions on types, values and names, each with what `repr()` says of its value."""

from answers import answer
from drgn import *
from drgn.helpers.linux.mm import decode_page_flags_value

EXPRESSIONS = """\
prog.flags
prog.platform
prog.language
prog.address_size()
prog["nosuch"]
"nosuch" in prog
"init_task" in prog
prog["jiffies"]
prog["jiffies"].read_()
prog.type("struct list_head")
str(prog.type("struct list_head"))
prog.type("struct list_head").members
prog.type("struct list_head").members[0].type
prog.type("struct nosuch")
prog.type("int *")
prog.type("pid_t")
prog.type("struct bio *").type.members[2]
prog.object("init_task", FindObjectFlags.FUNCTION)
prog.constant("PIDTYPE_PID")
prog.constant("init_task")
prog.symbol("schedule")
prog.symbol(prog.symbol("schedule").address+3)
prog.symbol("nosuch")
prog.symbol(5)
prog.symbols("schedule")
prog.function("schedule")
str(prog.function("schedule"))
prog.variable("schedule")
prog.thread(77777)
cast("int", prog["jiffies"])
NULL(prog,"int *")
Object(prog,"int",5)
Object(prog,"int",5)+1
Object(prog,"int",5)/2
Object(prog,"int",5)/0
1+Object(prog,"int",5)
Object(prog,"int",5)=="x"
Object(prog,"int",5)+1.5
Object(prog,"double",5)
Object(prog, 2**63)
Object(prog, "struct list_head", {"next":5})
Object(prog, "int [3]", [1,2])
Object(prog, "int", absence_reason=AbsenceReason.OPTIMIZED_OUT)
str(Object(prog, "int", absence_reason=AbsenceReason.OPTIMIZED_OUT))
sizeof(prog.type("struct bio"))
offsetof(prog.type("struct task_struct"), "pid")
alignof(prog.type("int"))
implicit_convert("char", Object(prog,"int",300))
reinterpret("char", Object(prog,"int",300))
prog.type("enum pid_type")
prog.type("enum pid_type").enumerators
prog["PIDTYPE_PID"]
str(prog["PIDTYPE_PID"])
float(Object(prog,"int",5))
round(Object(prog,"int",5))
-Object(prog,"int",5)
~Object(prog,"unsigned int",5)
Object(prog,"unsigned int",5)<<2
prog.type("struct task_struct").member("pid")
prog.type("struct task_struct").has_member("pid")
prog.type(prog.type("int"))
prog.type(5)
prog.cache
prog.config
prog["UTS_RELEASE"]
prog["PAGE_SIZE"]
prog["PAGE_SHIFT"]
prog[5]
prog.type("struct task_struct").size
prog.type("struct task_struct").type
prog.type("struct list_head").tag
prog.type("int").primitive
prog.type("int").byteorder
prog.type("int").kind
prog.type("int").name
prog.type("int").is_signed
prog.type("int").qualifiers
prog.type("const int").qualifiers
prog.type("int [3]").length
prog.type("int [3]").type
prog.function("schedule").type_
prog.function("schedule").type_.parameters
prog.function("__schedule").type_.parameters
prog.type("struct task_struct").type_name()
prog.type("pid_t").unaliased()
prog.type("pid_t").language
prog.type("union { int a; }")
[m for m in prog.type("struct page").members][:2]
prog.type("struct page").members[1].type
prog.type("struct page").members[1].object
prog.type("struct page").members[1].offset
prog.type("struct task_struct").member("in_execve")
prog.type("struct task_struct").member("in_execve").offset
prog.type("struct task_struct").member("in_execve").object
prog.type("struct task_struct").member("in_execve").bit_field_size
prog.type("int (*)[2]")
prog.type("struct file_operations").members[2]
prog.type("struct file_operations").members[2].type
prog.type("const char *")
prog.type("enum nosuch *")
prog.void_type()
prog.void_type(qualifiers=Qualifiers.CONST)
prog.int_type("int",4,True)
prog.int_type("int",4,True,"big")
prog.int_type("int",4,True,qualifiers=Qualifiers.CONST|Qualifiers.VOLATILE)
prog.bool_type("_Bool",1)
prog.float_type("double",8)
prog.struct_type("foo")
prog.union_type("foo",8,())
prog.class_type("foo",8,())
prog.enum_type("foo",prog.type("int"),(TypeEnumerator("A",1),))
prog.enum_type("foo")
prog.typedef_type("foo",prog.type("int"))
prog.pointer_type(prog.type("int"))
prog.array_type(prog.type("int"),3)
prog.array_type(prog.type("int"))
prog.function_type(prog.type("int"),(TypeParameter(prog.type("int"),"a"),TypeParameter(prog.type("int"))),True)
prog.type("struct foo { int x; }")
prog.type("int")==prog.type("int")
prog.type("char").primitive
prog.type("struct bio").primitive
prog.type("int").tag
prog.type("int").members
prog.type("int").length
prog.type("int").parameters
prog.type("int").enumerators
prog.type("void").size
prog.type("void")
prog.type("struct bio").name
prog.type("int *").byteorder
prog.type("int *").type
prog.type("int *").size
prog.type("pid_t").size
prog.type("pid_t").type
prog.type("pid_t").is_signed
prog.type("struct bio").is_signed
prog.type("int [2]").size
prog.type("const int").unqualified()
prog.type("int").qualified(Qualifiers.CONST)
prog.type("int").is_complete()
prog.type("pid_t").unaliased_kind()
prog.type("struct bio").template_parameters
prog.type("int").template_parameters
prog.type("struct bio").member("nosuch")
prog.type("int").member("nosuch")
TypeEnumerator("A",1)[0]
TypeEnumerator("A",1)==TypeEnumerator("A",1)
TypeKind.STRUCT
TypeMember(prog.type("int"),"x",3).offset
TypeMember(lambda: Object(prog,"int",bit_field_size=2,absence_reason=AbsenceReason.OTHER),"x",3)
prog.platform.registers[3].names
prog.platform.arch
prog.platform.flags
Platform(Architecture.X86_64)==prog.platform
Platform(Architecture.ARM, PlatformFlags.IS_LITTLE_ENDIAN)
str(prog.source_location(prog.symbol("schedule").address+9))
prog.source_location("schedule+0x9")[0].column
prog.source_location("nosuch")
prog.source_location(5)
Object(prog,"int",2**40)
Object(prog,"int",-1)
Object(prog,"unsigned int",-1)
Object(prog,"int",1.9)
Object(prog,"int",Object(prog,"long",7))
Object(prog,5,5)
Object(prog)
Object(prog,"int")
Object(prog,"int",5,address=3)
Object(prog,value=5)
Object(prog,value=2**40)
Object(prog,"int",address=-1)
Object(prog,"int",address=2**64)
prog.read(-1,4)
prog.read(2**64,4)
prog.read(0,-4)
int(Object(prog,"double",1.5))
Object(prog,"double",1.5).__index__()
round(Object(prog,"double",1.56),1)
Object(prog,"int",5)%3
5-Object(prog,"int",3)
5<Object(prog,"int",3)
Object(prog,"int",5)!=None
Object(prog,"int",5)==None
Object(prog,"int",5)<<40
[1,2,3][Object(prog,"int",1)]
range(Object(prog,"int",3))
f"{Object(prog,'int',3)}"
hex(Object(prog,"int",30))
sizeof("int")
sizeof(5)
offsetof("struct task_struct","pid")
offsetof(prog.type("struct task_struct"),"nosuch")
offsetof(prog.type("struct task_struct"),"in_execve")
alignof("int")
drgn.filename_matches("a/b.c","b.c")
prog.symbols(prog.symbol("schedule").address)
Symbol("a",1,2,SymbolBinding.GLOBAL,SymbolKind.FUNC)==Symbol("a",1,2,SymbolBinding.GLOBAL,SymbolKind.FUNC)
prog.symbols("nosuch")
Language.CPP
Language.C.name
prog.config.get("x",1)
decode_page_flags_value(prog,0)
decode_page_flags_value(prog,1)
"""

for expression in EXPRESSIONS.splitlines():
    answer(expression, lambda: repr(eval(expression)))
