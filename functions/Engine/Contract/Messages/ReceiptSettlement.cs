namespace FuncQueue.Engine;

/// <summary>A receipt, and what is wanted done with its message.</summary>
public readonly record struct ReceiptSettlement(string Receipt, Settlement Settlement);
