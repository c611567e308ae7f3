namespace FuncQueue.Tidy.Tests.Reference;

/// <summary>A setting as the reference shows it.</summary>
internal sealed record Setting(string Name, string Meaning, string Default);
