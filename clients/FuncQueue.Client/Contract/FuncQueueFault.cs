namespace FuncQueue.Client;

/// <summary>One fault of a request.</summary>
/// <param name="Field">The member, parameter or header.</param>
/// <param name="Detail">What is wrong with it.</param>
public sealed record FuncQueueFault(string Field, string Detail);
