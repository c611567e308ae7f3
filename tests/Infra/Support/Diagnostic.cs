namespace FuncQueue.Infra.Tests.Support;

/// <summary>One thing the compiler or the linter has to say; lines count from 0.</summary>
public sealed record Diagnostic(string Source, int Line, string Level, string Code, string Message);
