UNUSED=[]
SHARED=[]
def wanted(dest, source): return True
