namespace FuncQueue.Client.Transport;

/// <summary>An answer that was read.</summary>
/// <param name="Value">What it says.</param>
/// <param name="SentAt">When the attempt that got it was sent, on our clock.</param>
/// <param name="ReceivedAt">When it was read, on our clock.</param>
/// <param name="AfterUncertain">Whether an attempt before it may have had its effect.</param>
internal readonly record struct Answer<T>(T Value, TimeSpan SentAt, TimeSpan ReceivedAt, bool AfterUncertain);
