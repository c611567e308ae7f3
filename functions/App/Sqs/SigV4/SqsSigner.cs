using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sqs.SigV4;

/// <summary>Who signed a request, or why nobody did whom it could be taken from.</summary>
internal readonly record struct SqsSigner(Caller? Caller, SqsError? Error);
