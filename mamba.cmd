@echo off
rem Runs the mamba command line on Windows; the first use builds it. See the script "mamba" next to this one.
setlocal
set "ROOT=%~dp0"
set "TARGET=%ROOT%examples\cli\target"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
if not exist "%TARGET%\mamba.jar" (
  echo mamba: building the command line ... 1>&2
  call "%ROOT%mvnw.cmd" -f "%ROOT%pom.xml" -B -q -pl examples/cli -am -DskipTests -Dformatter.skip=true package 1>&2 || exit /b 1
)
"%JAVA%" "@%TARGET%\launcher\java.args" %MAMBA_JAVA_OPTS% -jar "%TARGET%\mamba.jar" %*
